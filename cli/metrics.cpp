// SPDX-License-Identifier: MIT
#include "metrics.hpp"

#include <als/error.hpp>
#include <als/predict.hpp>

#include <algorithm>

namespace commands {
namespace {

struct ListMetric {
    const char* name;
    als::Metric als::Evaluation::*metric;
};
constexpr ListMetric list_metrics[] = {{"precision", &als::Evaluation::precision},
                                       {"recall", &als::Evaluation::recall},
                                       {"capped_recall", &als::Evaluation::capped_recall},
                                       {"hit_rate", &als::Evaluation::hit_rate},
                                       {"ndcg", &als::Evaluation::ndcg},
                                       {"average_precision", &als::Evaluation::average_precision},
                                       {"reciprocal_rank", &als::Evaluation::reciprocal_rank}};

Judged error_of(const std::string& metric, const als::Model<float>& model,
                const als::Interactions<float>& test) {
    return {metric, metric == "rmse" ? als::rmse(model, test) : als::mae(model, test), {}, {}};
}

Judged with_interval(const std::string& name, const als::Metric& metric) {
    return {name, metric.mean, metric.low, metric.high};
}

Judged of_lists(const std::string& name, const als::Evaluation& found, std::int64_t k) {
    const std::string at_k = name + "@" + std::to_string(k);
    for (const auto& [known, metric] : list_metrics)
        if (name == known) return with_interval(at_k, found.*metric);
    if (name == "coverage") return {at_k, found.coverage, {}, {}};
    if (name == "popularity_bias") return {at_k, found.popularity_bias, {}, {}};
    if (name == "auc" && found.auc) return with_interval(name, *found.auc);
    if (name == "expected_percentile_rank" && found.expected_percentile_rank)
        return {name, *found.expected_percentile_rank, {}, {}};
    throw als::InputError("the metric " + name +
                          " is not defined for these data; leave out --all-places, or name other "
                          "--metrics");
}

}  // namespace

void MetricOptions::add_to(CLI::App& command) {
    const std::string group = "Judging";
    command.add_option("-k,--length", options.k, "Length of the lists that are judged")
        ->type_name("N")
        ->capture_default_str()
        ->group(group);
    add_optional(command, "--relevance-threshold", options.relevance_threshold,
                 "Held-out ratings below this value do not count as relevant, 4 of 5 stars for "
                 "example; without it, all count")
        ->group(group);
}

std::vector<Judged> MetricOptions::judge(const als::Model<float>& model,
                                         const als::Split<float>& parts,
                                         const std::vector<std::string>& metrics,
                                         const RunOptions& run) const {
    als::EvaluateOptions<float> chosen = options;
    chosen.exclude = &parts.train;
    chosen.threads = run.threads;
    chosen.all_places = std::any_of(metrics.begin(), metrics.end(), [](const std::string& name) {
        return name == "auc" || name == "expected_percentile_rank";
    });
    std::optional<als::Evaluation> found;
    std::vector<Judged> result;
    for (const std::string& name : metrics) {
        if (is_error(name)) {
            result.push_back(error_of(name, model, parts.test));
            continue;
        }
        if (!found) found = als::evaluate(model, parts.test, chosen);
        result.push_back(of_lists(name, *found, chosen.k));
    }
    return result;
}

std::vector<std::string> metrics_for(bool is_implicit, bool all_places) {
    std::vector<std::string> names;
    if (!is_implicit) names = {"rmse", "mae"};
    for (const ListMetric& metric : list_metrics) names.emplace_back(metric.name);
    names.emplace_back("coverage");
    names.emplace_back("popularity_bias");
    if (all_places) names.insert(names.end(), {"auc", "expected_percentile_rank"});
    return names;
}

void check_metric(const std::string& name) {
    const std::vector<std::string> known = metrics_for(false, true);
    if (std::find(known.begin(), known.end(), name) != known.end()) return;
    std::string all;
    for (const std::string& each : known) all += (all.empty() ? "" : ", ") + each;
    throw UsageError("there is no metric " + name + "; there are " + all);
}

void check_for_implicit(const std::string& name) {
    if (!is_error(name)) return;
    throw als::InputError(
        "the scores of an implicit model estimate a preference, roughly 0 to 1, and not the "
        "values, so that " +
        name +
        " says nothing; ask for ndcg or recall, or train with "
        "--explicit if the values are ratings");
}

bool is_error(const std::string& metric) { return metric == "rmse" || metric == "mae"; }

bool is_lower_better(const std::string& metric) {
    return is_error(metric) || metric == "expected_percentile_rank" || metric == "popularity_bias";
}

}  // namespace commands
