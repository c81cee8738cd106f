// SPDX-License-Identifier: MIT
// How does a model get from the machine that trains to the one that serves?
//
// In one file, with the names of users and items and what users have played. For your own data:
// als::read_ratings<float>("plays.csv") in the place of the stream, and a path that you keep.
#include <als/als.hpp>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>

int main() {
    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("als-" + std::to_string(std::random_device()()));
    std::filesystem::create_directory(folder);
    const std::filesystem::path path = folder / "plays.safetensors";
    {
        // Here it is trained. A checkpoint after each iteration lets a training that was cut off go
        // on where it was, to the same model.
        std::istringstream stream(
            "user,artist,plays\n"
            "ann,Miles Davis,12\nann,John Coltrane,7\nann,Bill Evans,9\nbob,Miles Davis,5\n"
            "bob,Bill Evans,8\ncid,John Coltrane,11\ncid,Bill Evans,3\ndan,Slayer,20\n"
            "dan,Megadeth,14\neve,Slayer,6\neve,Anthrax,9\n");
        const als::Ratings<float> data = als::read_ratings<float>(stream, "plays.csv");
        const als::Training training{.factors = 4};
        const auto model = als::fit_with_checkpoints(data.interactions, als::Implicit{}, training,
                                                     {.path = folder / "training.safetensors"});
        als::save(model, path,
                  {.users = &data.users,
                   .items = &data.items,
                   .seen = &data.interactions,
                   .training = &training});
    }
    {
        // There it serves: no other file is needed.
        const als::ModelFile<float> file = als::load_all<float>(path);
        const als::User bob = file.users.at("bob");
        std::cout << "for bob:";
        for (const auto& [item, score] :
             als::recommend(file.model, bob, {.count = 1, .exclude = (*file.seen)[bob]}))
            std::cout << ' ' << file.items.name(item);
        std::cout << "\ntrained with " << file.training->factors << " factors and seed "
                  << file.training->seed << '\n';
    }
    {
        // A file that was damaged on the way is refused.
        std::fstream(path, std::ios::in | std::ios::out | std::ios::binary)
            .seekp(-1, std::ios::end)
            .put('!');
        try {
            (void)als::load_all<float>(path);
        } catch (const als::FormatError&) {  // what() names the tensor whose checksum is wrong
            std::cout << "the damaged file is refused\n";
        }
    }
    std::filesystem::remove_all(folder);
}

// Output:
//
// for bob: John Coltrane
// trained with 4 factors and seed 42
// the damaged file is refused
