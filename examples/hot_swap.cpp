// SPDX-License-Identifier: MIT
// How does a server go on answering while a new model is trained and put in place?
//
// For your own server: take Service as it is, call model() once for each request, train where it
// suits you, and replace the model.
#include <als/als.hpp>

#include <atomic>
#include <iostream>
#include <memory>
#include <mutex>
#include <thread>

namespace {

class Service {
public:
    using Served = std::shared_ptr<const als::Model<float>>;

    explicit Service(const als::Model<float>& first) { replace(first); }

    Served model() const {  // the caller keeps it alive until done with it
        const std::lock_guard lock(guard_);
        return model_;
    }
    void replace(const als::Model<float>& next) {  // copies share the model's numbers
        Served served = std::make_shared<const als::Model<float>>(next);
        const std::lock_guard lock(guard_);
        model_.swap(served);
    }

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
    Service service(als::fit(plays, als::Implicit{}, {.factors = 16, .iterations = 5}));

    std::atomic<bool> closing{false};
    std::atomic<std::int64_t> answered{0}, wrong{0};
    std::thread server([&] {
        for (als::User user; !closing; user.index = (user.index + 7) % 200, ++answered) {
            const Service::Served model = service.model();
            const auto list = als::recommend(*model, user, {.count = 5, .exclude = plays[user]});
            if (list.size() != 5) ++wrong;
        }
    });
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        service.replace(
            als::fit(plays, als::Implicit{}, {.factors = 16, .iterations = 5, .seed = seed}));
        for (const std::int64_t before = answered; answered < before + 100;)
            std::this_thread::yield();
        std::cout << "model " << seed << " answers\n";
    }

    // Between two trainings, only the rows of fresh plays are solved again.
    entries.push_back({als::User{0}, als::Item{17}, 5});
    const als::Interactions<float> fresh(200, 50, entries);
    service.replace(
        als::update(*service.model(), fresh, {.users = {als::User{0}}, .items = {als::Item{17}}}));
    closing = true;
    server.join();
    std::cout << "wrong answers: " << wrong << '\n';
}

// Output:
//
// model 1 answers
// model 2 answers
// model 3 answers
// wrong answers: 0
