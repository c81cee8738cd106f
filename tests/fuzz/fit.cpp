// SPDX-License-Identifier: MIT
// Any small problem trains to finite factors or is refused. The bytes are read as sizes, options
// and entries whose values have any bits.
#include <als/als.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

namespace {

/// Takes numbers from the bytes, and zeros after their end.
class Bytes {
public:
    Bytes(const std::uint8_t* data, std::size_t size) : at_(data), left_(size) {}

    template <typename Number>
    Number take() {
        Number number{};
        const std::size_t count = left_ < sizeof number ? left_ : sizeof number;
        std::memcpy(&number, at_, count);
        at_ += count;
        left_ -= count;
        return number;
    }
    int below(int count) { return take<std::uint8_t>() % count; }
    [[nodiscard]] bool empty() const { return left_ == 0; }

private:
    const std::uint8_t* at_;
    std::size_t left_;
};

/// Trains, and calls the queries for a user.
template <typename Scalar, typename Kind>
void train(const als::Interactions<Scalar>& data, const Kind& objective,
           const als::Training& training, als::User user) {
    const auto model = als::fit(data, objective, training);
    if (!model.user_factors().allFinite() || !model.item_factors().allFinite()) std::abort();
    for (const auto& [item, score] : als::recommend(model, user, {.exclude = data[user]}))
        if (std::isnan(score)) std::abort();
    try {
        const auto folded = als::fold_in(model, data[user]);
        if (!folded.factors.allFinite()) std::abort();
    } catch (const als::NumericError&) {
    }
}

template <typename Scalar>
void run(Bytes bytes) {
    const int users = 1 + bytes.below(6);
    const int items = 1 + bytes.below(6);
    const int kind = bytes.take<std::uint8_t>();
    als::Training training{.factors = 1 + bytes.below(5), .iterations = 1 + bytes.below(2)};
    training.threads = 1;
    training.acceleration = (kind & 128) != 0;
    if (training.acceleration) training.iterations += 2;  // the third is the first with momentum
    training.solver = kind & 2 ? als::Solver::conjugate_gradient : als::Solver::exact;
    als::Implicit implicit{.alpha = bytes.take<float>(), .regularization = bytes.take<float>()};
    als::Explicit ratings{.regularization = implicit.regularization,
                          .regularization_exponent = kind & 4 ? 1.0 : 0.0,
                          .biases = (kind & 8) != 0};
    implicit.regularization_exponent = ratings.regularization_exponent;
    implicit.row_weight = kind & 8 ? als::RowWeight::entries : als::RowWeight::confidence;
    implicit.confidence = kind & 16 ? als::Confidence::linear : als::Confidence::logarithmic;
    implicit.non_negative = ratings.non_negative = (kind & 96) == 96;
    const als::User user{users - 1};
    std::vector<als::Entry<Scalar>> entries;
    while (!bytes.empty() && entries.size() < 40) {
        const int place = bytes.take<std::uint8_t>();
        entries.push_back({als::User{place % users}, als::Item{place / users % items},
                           static_cast<Scalar>(bytes.take<float>())});
    }
    try {
        const als::Interactions<Scalar> data(users, items, entries,
                                             {.duplicates = als::Duplicates::last});
        if (kind & 1)
            train(data, ratings, training, user);
        else
            train(data, implicit, training, user);
    } catch (const als::InputError& error) {
        // Errors may be about the data and the options, never about what `fit` itself makes.
        if (std::string_view(error.what()).starts_with("als::Model:")) std::abort();
    } catch (const als::NumericError&) {
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Bytes bytes(data, size);
    if (bytes.below(2) == 0)
        run<float>(bytes);
    else
        run<double>(bytes);
    return 0;
}
