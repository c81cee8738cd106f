// SPDX-License-Identifier: MIT
#include "training.hpp"

#include "progress.hpp"
#include <als/model_file.hpp>

namespace commands {

void train_and_save(const als::Ratings<float>& ratings, als::Training training,
                    const std::function<als::Model<float>(const als::Training&)>& fit,
                    const Saving& saving, const RunOptions& run) {
    const Interruption interruption;
    tell(run, "training " + std::to_string(training.factors) + " factors in " +
                  std::to_string(training.iterations) + " iterations");
    const als::Model<float> model = [&] {
        ProgressBar bar("training", run);
        training.observer = observer_for(bar);
        als::Model<float> result = fit(training);
        if (Interruption::is_asked_for()) training.iterations = static_cast<int>(bar.done());
        return result;
    }();
    als::save(model, saving.path,
              {.users = &ratings.users,
               .items = &ratings.items,
               .seen = saving.with_seen ? &ratings.interactions : nullptr,
               .training = &training});
    if (!Interruption::is_asked_for()) return tell(run, "saved " + saving.path);
    tell(run, "interrupted; saved the model reached so far as " + saving.path);
    throw Interrupted{};
}

}  // namespace commands
