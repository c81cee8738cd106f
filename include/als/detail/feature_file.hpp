// SPDX-License-Identifier: MIT
// The implementation of <als/feature_file.hpp>.
#pragma once

#include <als/detail/base/text.hpp>
#include <als/detail/io/feature_reader.hpp>
#include <als/detail/io/text_source.hpp>
#include <als/detail/ratings_file.hpp>
#include <als/error.hpp>
#include <als/feature_file.hpp>

#include <algorithm>
#include <cmath>
#include <istream>
#include <string>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

inline void validate(const FeatureColumn& column) {
    const auto refuse = [](const auto&... parts) {
        throw InputError(message("als::FeatureColumn", parts...));
    };
    if (!column.column && column.name.empty())
        refuse(": neither name nor column is given; say which column it is");
    if (column.column && *column.column < 0)
        refuse("::column is ", *column.column, "; columns are counted from 0");
    if (column.value_column && *column.value_column < 0)
        refuse("::value_column is ", *column.value_column, "; columns are counted from 0");
    if (column.value_column && !column.value.empty())
        refuse("::value is ", excerpt(column.value), " and value_column is ", *column.value_column,
               "; say only one of them");
    if (!(column.width >= 0) || !std::isfinite(column.width))
        refuse("::width is ", column.width, "; it has to be 0 or more");
    const bool is_category = column.kind == FeatureKind::category;
    if (!is_category && (column.width > 0 || column.value_column || !column.value.empty()))
        refuse("::kind is ", column.kind == FeatureKind::list ? "list" : "number",
               "; width and a column of values are for categories");
    if (column.kind == FeatureKind::list && column.separator.empty())
        refuse("::separator is empty; say what stands between the categories of a list");
}

inline void validate(const FeaturesOptions& options) {
    const auto refuse = [](const auto&... parts) {
        throw InputError(message("als::FeaturesOptions::", parts...));
    };
    validate_dialect("als::FeaturesOptions", dialect_of(options));
    if (options.layout == Layout::matrix_market)
        refuse("layout: features are not read from a matrix of MatrixMarket");
    if (options.columns.empty() != (options.layout == Layout::lists))
        refuse("columns ",
               options.columns.empty()
                   ? "is empty; say which columns hold features, or .layout = "
                     "als::Layout::lists for lines of an id and its features"
                   : "is given, and in lists each field after the id is a feature; leave one out");
    for (const FeatureColumn& column : options.columns) validate(column);
    if (options.id_column && *options.id_column < 0)
        refuse("id_column is ", *options.id_column, "; columns are counted from 0");
    if (options.id_column && !options.id.empty())
        refuse("id is ", excerpt(options.id), " and id_column is ", *options.id_column,
               "; say only one of them");
    if (options.layout == Layout::lists &&
        (options.id_column.value_or(0) != 0 || !options.id.empty()))
        refuse("id_column: in lists the id comes first; leave it out");
    if (const auto twice = repeated(options.names)) refuse("names has ", excerpt(*twice), " twice");
}

}  // namespace detail

template <Real Scalar, Id Index>
Features<Index, Scalar> read_features(const std::filesystem::path& path, const IdMap<Index>& ids,
                                      const FeaturesOptions& options) {
    detail::validate(options);
    return detail::with_file(
        "als::read_features", path, [&](const std::string& name, const auto& source) {
            return detail::FeatureReader<Index, Scalar>(name, source, options, ids).read();
        });
}

template <Real Scalar, Id Index>
Features<Index, Scalar> read_features(std::istream& stream, const std::string& name,
                                      const IdMap<Index>& ids, const FeaturesOptions& options) {
    detail::validate(options);
    return detail::with_stream(
        "als::read_features", stream, name, [&](const std::string& file, const auto& source) {
            return detail::FeatureReader<Index, Scalar>(file, source, options, ids).read();
        });
}

}  // inline namespace
}  // namespace als
