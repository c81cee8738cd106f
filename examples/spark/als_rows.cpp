// SPDX-License-Identifier: MIT
// als/half_step.hpp with the C interface that als_on_spark.py calls: implicit feedback in float.
// Functions return null, or the text of an error, valid until the thread's next call.
#include <als/als.hpp>
#include <als/half_step.hpp>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <span>
#include <string>
#include <vector>

namespace {

template <typename Work>
const char* guarded(const Work& work) {
    thread_local std::string text;
    try {
        work();
        return nullptr;
    } catch (const std::exception& error) {
        text = error.what();
        return text.c_str();
    }
}

/// Rows of `factors` numbers in memory that the caller owns.
als::Side<float> side_of(const float* numbers, std::int64_t rows, std::int64_t factors) {
    return {Eigen::Map<const als::FactorMatrix<float>>(numbers, rows, factors), {}};
}
void copy_out(const als::FactorMatrix<float>& from, float* to) {
    std::copy_n(from.data(), from.size(), to);
}

als::SparseView<float> view_of(std::int64_t first_row, std::int64_t rows,
                               const std::int64_t* offsets, const std::int32_t* ids,
                               const float* values) {
    const auto entries = static_cast<std::size_t>(offsets[rows]);
    return {std::span(offsets, static_cast<std::size_t>(rows) + 1), std::span(ids, entries),
            std::span(values, entries), first_row};
}

als::Training training_of(std::int64_t factors) {
    return {.factors = static_cast<int>(factors), .threads = 1};
}

}  // namespace

extern "C" {

/// gram = F'F, [factors, factors] in double.
const char* als_gram(const float* rows, std::int64_t count, std::int64_t factors, double* gram) {
    return guarded([&] {
        const Eigen::MatrixXd sum =
            als::gram_matrix(side_of(rows, count, factors).factors, training_of(factors));
        std::copy_n(sum.data(), sum.size(), gram);
    });
}

/// The start of some users.
const char* als_start(std::int64_t rows, const std::int64_t* offsets, const std::int32_t* ids,
                      const float* values, std::int64_t items, std::int64_t factors,
                      float* result) {
    return guarded([&] {
        copy_out(als::start_of_users(view_of(0, rows, offsets, ids, values), items, als::Implicit{},
                                     training_of(factors))
                     .factors,
                 result);
    });
}

/// Solves rows (users if `are_users`, else items) against the fixed side.
const char* als_solve(std::int64_t are_users, std::int64_t rows, const std::int64_t* offsets,
                      const std::int32_t* ids, const float* values, const float* fixed,
                      std::int64_t fixed_rows, const double* gram, std::int64_t factors,
                      double alpha, double regularization, float* result) {
    return guarded([&] {
        const als::Implicit objective{.alpha = alpha, .regularization = regularization};
        const als::Side<float> side = side_of(fixed, fixed_rows, factors);
        const als::FixedRows<float> against{
            side, Eigen::Map<const Eigen::MatrixXd>(gram, factors, factors)};
        als::Side<float> solved{als::FactorMatrix<float>::Zero(rows, factors), {}};
        const auto view = view_of(0, rows, offsets, ids, values);
        if (are_users != 0)
            als::solve_rows<als::User>(view, against, objective, training_of(factors), solved);
        else
            als::solve_rows<als::Item>(view, against, objective, training_of(factors), solved);
        copy_out(solved.factors, result);
    });
}

/// Trains by als::fit, for a comparison.
const char* als_fit(std::int64_t users, std::int64_t items, std::int64_t entries,
                    const std::int32_t* user_of, const std::int32_t* item_of, const float* value_of,
                    std::int64_t factors, double alpha, double regularization,
                    std::int64_t iterations, float* user_factors, float* item_factors) {
    return guarded([&] {
        std::vector<als::Entry<float>> all;
        for (std::int64_t n = 0; n < entries; ++n)
            all.push_back({als::User{user_of[n]}, als::Item{item_of[n]}, value_of[n]});
        als::Training training = training_of(factors);
        training.iterations = static_cast<int>(iterations);
        const auto model =
            als::fit(als::Interactions<float>(users, items, all),
                     als::Implicit{.alpha = alpha, .regularization = regularization}, training);
        copy_out(model.parts().users.factors, user_factors);
        copy_out(model.parts().items.factors, item_factors);
    });
}

}  // extern "C"
