// SPDX-License-Identifier: MIT
// How does a server go on answering while a new model is trained and put in place, and how do fresh
// plays count before that?
#include "support/planted_world.hpp"
#include <als/als.hpp>

#include <atomic>
#include <iostream>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace {

/// The model in service. Who asks for it keeps it alive until done with it.
class Service {
public:
    using Served = std::shared_ptr<const als::Model<float>>;

    explicit Service(als::Model<float> first) { replace(std::move(first)); }

    Served model() const {
        const std::lock_guard lock(guard_);
        return model_;
    }

    void replace(als::Model<float> next) {
        auto served = std::make_shared<const als::Model<float>>(std::move(next));
        const std::lock_guard lock(guard_);
        model_.swap(served);
    }  // the old model goes here, or with the last of its readers

private:
    mutable std::mutex guard_;
    Served model_;
};

}  // namespace

int main() {
    const als::Interactions<float> plays =
        support::PlantedWorld({.users = 400, .items = 300}).plays();
    const auto train = [&](std::uint64_t seed) {
        return als::fit(plays, als::Implicit{}, {.factors = 16, .iterations = 5, .seed = seed});
    };
    Service service(train(0));

    std::atomic<bool> closing{false};
    std::atomic<std::int64_t> answered{0};
    std::atomic<std::int64_t> wrong{0};
    const auto serve = [&](std::int32_t reader) {
        for (als::User user{reader}; !closing; user.index = (user.index + 7) % 400) {
            const Service::Served model = service.model();
            const auto list = als::recommend(*model, user, {.count = 5, .exclude = plays[user]});
            if (list.size() != 5) ++wrong;
            ++answered;
        }
    };
    std::vector<std::thread> readers;
    for (std::int32_t reader = 0; reader < 4; ++reader) readers.emplace_back(serve, reader);

    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        service.replace(train(seed));
        for (const std::int64_t before = answered; answered < before + 100;)
            std::this_thread::yield();
        std::cout << "Model " << seed << " is in place and answers\n";
    }

    // Between trainings: only the rows of fresh plays are solved again.
    const als::User user{0};
    const als::Item item{17};
    std::vector<als::Entry<float>> entries = plays.entries();
    entries.push_back({user, item, 5});
    const als::Interactions<float> fresh(400, 300, entries, {.duplicates = als::Duplicates::sum});
    const Service::Served old = service.model();
    service.replace(als::update(*old, fresh, {.users = {user}, .items = {item}}));
    std::cout << "After one more play of the item, its score is "
              << (als::predict(*service.model(), user, item) > als::predict(*old, user, item)
                      ? "higher"
                      : "lower")
              << '\n';

    closing = true;
    for (std::thread& reader : readers) reader.join();
    std::cout << "Wrong answers: " << wrong << '\n';
}

// Output:
//
// Model 1 is in place and answers
// Model 2 is in place and answers
// Model 3 is in place and answers
// Model 4 is in place and answers
// Model 5 is in place and answers
// After one more play of the item, its score is higher
// Wrong answers: 0
