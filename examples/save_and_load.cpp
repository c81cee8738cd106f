// SPDX-License-Identifier: MIT
// How does a model get from the machine that trains to the one that serves? With its ids and what
// users have seen, in one file; and what if the training is cut off? Usage: save_and_load [FOLDER
// with MovieLens]
#include "support/console.hpp"
#include "support/movielens.hpp"
#include "support/temporary_folder.hpp"
#include <als/als.hpp>

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>

int main(int argc, char** argv) try {
    const support::TemporaryFolder folder;
    const auto path = folder.path() / "likes.safetensors";
    std::string title;
    {
        // Here it is trained, with a checkpoint after each iteration: started again after a crash,
        // this goes on where it was, and comes to the same model.
        const auto data = support::open_movielens_or_made_up<float>(argc, argv, {.minimum = 4});
        const auto& likes = data.ratings.interactions;
        const als::Training training{.factors = 32};
        const auto model = als::fit_with_checkpoints(
            likes, als::Implicit{}, training, {.path = folder.path() / "training.safetensors"});
        als::save(model, path,
                  {.users = &data.ratings.users,
                   .items = &data.ratings.items,
                   .seen = &likes,
                   .training = &training});
        std::cout << "saved: "
                  << support::grouped(static_cast<std::int64_t>(std::filesystem::file_size(path)))
                  << " bytes\n";
    }
    {
        // There it serves: no other file is needed.
        const als::ModelFile<float> file = als::load_all<float>(path);
        const als::User user = file.users.at("196");
        std::cout << "items for user 196:";
        for (const auto& [item, score] :
             als::recommend(file.model, user, {.count = 5, .exclude = (*file.seen)[user]}))
            std::cout << ' ' << file.items.name(item);
        std::cout << "\ntrained with " << file.training->factors << " factors, seed "
                  << file.training->seed << '\n';
    }
    {
        // A file that was damaged on the way is found out.
        std::fstream(path, std::ios::in | std::ios::out | std::ios::binary).seekp(20000).put('!');
        try {
            static_cast<void>(als::load<float>(path));
        } catch (const als::FormatError& error) {
            const std::string text = error.what();
            std::cout << "damaged: " << text.substr(text.find("the tensor")) << '\n';
        }
    }
} catch (const std::exception& error) {
    std::cerr << "save_and_load: " << error.what() << '\n';
    return EXIT_FAILURE;
}

// Output, on MovieLens 100K:
//
// saved: 776,984 bytes
// items for user 196: 269 14 208 116 70
// trained with 32 factors, seed 42
// damaged: the tensor item_ids has the checksum 88397bd9 and not a03bbed6: its bytes have changed
