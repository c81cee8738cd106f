// SPDX-License-Identifier: MIT
// How does a server go on answering while a new model is trained and put in place?
//
// For your own server: take Service as it is, call model() once for each request, and train in a
// thread of its own. How fresh plays count before the next training: see als::update below.
#include <als/als.hpp>

#include <atomic>
#include <iostream>
#include <memory>
#include <mutex>
#include <thread>

namespace {

/// The model in service. Who asks for it keeps it alive until done with it.
class Service {
public:
    using Served = std::shared_ptr<const als::Model<float>>;

    explicit Service(const als::Model<float>& first) { replace(first); }

    Served model() const {
        const std::lock_guard lock(guard_);
        return model_;
    }

    void replace(const als::Model<float>& next) {
        Served served = std::make_shared<const als::Model<float>>(next);  // shares its numbers
        const std::lock_guard lock(guard_);
        model_.swap(served);
    }  // the old model goes here, or with the last of its readers

private:
    mutable std::mutex guard_;
    Served model_;
};

}  // namespace

int main() {
    std::vector<als::Entry<float>> entries;  // user u has played songs u, u + 1, u + 3 and u + 8
    for (std::int32_t u = 0; u < 200; ++u)
        for (const int step : {0, 1, 3, 8}) entries.push_back({{u}, {(u + step) % 50}, 1});
    const als::Interactions<float> plays(200, 50, entries);
    const auto train = [&](std::uint64_t seed) {
        return als::fit(plays, als::Implicit{}, {.factors = 16, .iterations = 5, .seed = seed});
    };

    Service service(train(0));
    std::atomic<bool> closing{false};
    std::atomic<std::int64_t> answered{0}, wrong{0};
    std::thread reader([&] {
        for (als::User user; !closing; user.index = (user.index + 7) % 200, ++answered) {
            const Service::Served model = service.model();
            const auto list = als::recommend(*model, user, {.count = 5, .exclude = plays[user]});
            if (list.size() != 5) ++wrong;
        }
    });
    for (const std::uint64_t seed : {1, 2, 3}) {
        service.replace(train(seed));
        for (const std::int64_t before = answered; answered < before + 100;)
            std::this_thread::yield();
        std::cout << "Model " << seed << " answers\n";
    }

    // Between trainings: only the rows of fresh plays are solved again.
    const als::User user{0};
    const als::Item song{17};
    entries.push_back({user, song, 5});
    const Service::Served old = service.model();
    service.replace(als::update(*old, als::Interactions<float>(200, 50, entries),
                                {.users = {user}, .items = {song}}));
    std::cout << "After one more play, the song's score is "
              << (als::predict(*service.model(), user, song) > als::predict(*old, user, song)
                      ? "higher\n"
                      : "not higher\n");
    closing = true;
    reader.join();
    std::cout << "Wrong answers: " << wrong << '\n';
}

// Output:
//
// Model 1 answers
// Model 2 answers
// Model 3 answers
// After one more play, the song's score is higher
// Wrong answers: 0
