// SPDX-License-Identifier: MIT
// Line charts as SVG, for the examples.
#pragma once

#include "support/console.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace support {

struct Point {
    double x = 0, y = 0;
};

struct Series {
    std::string name;
    std::vector<Point> points;
};

struct Chart {
    std::string title, x_name;
    std::vector<Series> series;
    bool doubling = false;  ///< x in its logarithm, with a mark at each power of 2
    int digits = 2;         ///< of the marks on the y axis
};

namespace chart_detail {

constexpr double width = 380, height = 300;
constexpr double west = 60, east = 364, north = 44, south = 248;
constexpr std::array colors{"#1f5fa8", "#c1571b", "#3a7d44", "#7a4fa3"};

inline std::string text(double x, double y, std::string_view anchor, const std::string& what,
                        std::string_view style = "font-size=\"12\"") {
    return "<text x=\"" + fixed(x, 1) + "\" y=\"" + fixed(y, 1) + "\" text-anchor=\"" +
           std::string(anchor) + "\" " + std::string(style) + ">" + what + "</text>\n";
}

inline std::string segment(Point a, Point b, std::string_view style) {
    return "<line x1=\"" + fixed(a.x, 1) + "\" y1=\"" + fixed(a.y, 1) + "\" x2=\"" + fixed(b.x, 1) +
           "\" y2=\"" + fixed(b.y, 1) + "\" " + std::string(style) + "/>\n";
}

/// A distance of marks, 1, 2 or 5 times a power of 10, that makes about four.
inline double mark_distance(double range) {
    const double power = std::pow(10, std::floor(std::log10(range / 4)));
    for (const double factor : {1., 2., 5.})
        if (range / (factor * power) <= 5) return factor * power;
    return 10 * power;
}

/// One axis: the range of the numbers, and where they lie on the paper.
struct Axis {
    double lowest = std::numeric_limits<double>::infinity();
    double highest = -std::numeric_limits<double>::infinity();
    double from = 0, to = 0;

    void take(double value) {
        lowest = std::min(lowest, value);
        highest = std::max(highest, value);
    }
    [[nodiscard]] double range() const { return highest > lowest ? highest - lowest : 1; }
    [[nodiscard]] double operator()(double value) const {
        return from + (to - from) * (value - lowest) / range();
    }
};

inline std::string drawn(const Chart& chart) {
    const auto x_of = [&](const Point& point) {
        return chart.doubling ? std::log2(point.x) : point.x;
    };
    Axis x, y;
    for (const Series& series : chart.series)
        for (const Point& point : series.points) {
            x.take(x_of(point));
            y.take(point.y);
        }
    x.from = west + 8, x.to = east - 8, y.from = south - 8, y.to = north + 8;

    constexpr std::string_view grid = "stroke=\"#e4e4e4\"";
    std::string svg =
        text((west + east) / 2, 24, "middle", chart.title, "font-size=\"14\" font-weight=\"bold\"");
    svg += text((west + east) / 2, south + 38, "middle", chart.x_name);
    const double x_step = chart.doubling ? 1 : mark_distance(x.range());
    for (double mark = std::ceil(x.lowest / x_step) * x_step; mark <= x.highest; mark += x_step) {
        svg += segment({x(mark), north}, {x(mark), south}, grid);
        svg +=
            text(x(mark), south + 18, "middle", fixed(chart.doubling ? std::exp2(mark) : mark, 0));
    }
    const double y_step = mark_distance(y.range());
    for (double mark = std::ceil(y.lowest / y_step) * y_step; mark <= y.highest; mark += y_step) {
        svg += segment({west, y(mark)}, {east, y(mark)}, grid);
        svg += text(west - 6, y(mark) + 4, "end", fixed(mark, chart.digits));
    }
    svg += "<rect x=\"" + fixed(west, 0) + "\" y=\"" + fixed(north, 0) + "\" width=\"" +
           fixed(east - west, 0) + "\" height=\"" + fixed(south - north, 0) +
           "\" fill=\"none\" stroke=\"#444444\"/>\n";
    for (std::size_t n = 0; n < chart.series.size(); ++n) {
        const std::string color = colors[n % colors.size()];
        std::string points;
        for (const Point& point : chart.series[n].points)
            points += fixed(x(x_of(point)), 1) + "," + fixed(y(point.y), 1) + " ";
        svg += "<polyline points=\"" + points + "\" fill=\"none\" stroke=\"" + color +
               "\" stroke-width=\"2\"/>\n";
    }
    return svg;
}

}  // namespace chart_detail

/// The charts side by side, in one picture. Series with the same place in their charts have the
/// same colour, and the names of the first chart's stand below.
inline std::string svg_of(const std::vector<Chart>& charts) {
    using namespace chart_detail;
    const double whole = width * static_cast<double>(charts.size());
    const std::string size = "width=\"" + fixed(whole, 0) + "\" height=\"" + fixed(height + 30, 0);
    std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" " + size +
                      "\" font-family=\"sans-serif\" fill=\"#222222\">\n<rect " + size +
                      "\" fill=\"#ffffff\"/>\n";
    for (std::size_t n = 0; n < charts.size(); ++n)
        svg += "<g transform=\"translate(" + fixed(width * static_cast<double>(n), 0) + " 0)\">\n" +
               drawn(charts[n]) + "</g>\n";
    for (std::size_t n = 0; n < charts.front().series.size(); ++n) {
        const double x = west + 220 * static_cast<double>(n);
        svg +=
            segment({x, height + 8}, {x + 24, height + 8},
                    "stroke-width=\"2\" stroke=\"" + std::string(colors[n % colors.size()]) + "\"");
        svg += text(x + 32, height + 12, "start", charts.front().series[n].name);
    }
    return svg + "</svg>\n";
}

}  // namespace support
