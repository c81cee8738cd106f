// SPDX-License-Identifier: MIT
#include "report.hpp"

#include "json.hpp"
#include "panels.hpp"
#include "report_page.hpp"
#include <als/detail/io/file.hpp>
#include <als/version.hpp>

#include <string_view>

namespace als_report {

std::string figures(const Model& model, const Options& options) {
    Subject subject(model, options);
    warn_about_data(subject);
    // The order matters: the map names the items that others refer to, and all give warnings.
    return json::object({{"title", json::text(options.title)},
                         {"version", json::text(ALS_VERSION_STRING)},
                         {"sizes", sizes(subject)},
                         {"options", training_options(subject)},
                         {"quality", quality(subject)},
                         {"convergence", convergence(subject)},
                         {"activity", activity(subject)},
                         {"scores", scores(subject)},
                         {"lists", lists(subject)},
                         {"people", people(subject)},
                         {"neighbours", neighbours(subject)},
                         {"map", map(subject)},
                         {"warnings", subject.warnings()}});
}

std::string page(const std::string& figures) {
    std::string html(page_bytes, page_bytes + sizeof page_bytes);
    constexpr std::string_view mark = "@figures@";
    return html.replace(html.find(mark), mark.size(), figures);
}

void write(const std::filesystem::path& path, const Model& model, const Options& options) {
    const std::string html = page(figures(model, options));
    als::detail::DurableFile file("report", path);
    file.write(html.data(), html.size());
    file.complete();
}

}  // namespace als_report
