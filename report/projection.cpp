// SPDX-License-Identifier: MIT
#include "projection.hpp"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>

namespace als_report {
namespace {

Eigen::RowVectorXd direction(const als::FactorView<float>& factors, std::int32_t row) {
    const Eigen::RowVectorXd whole = factors.row(row).cast<double>();
    const double length = whole.norm();
    return length > 0 ? Eigen::RowVectorXd(whole / length) : whole;
}

}  // namespace

Projection::Projection(const als::FactorView<float>& factors, const std::vector<als::Item>& items,
                       int axes)
    : mean_(Eigen::RowVectorXd::Zero(factors.cols())),
      axes_(Eigen::MatrixXd::Zero(factors.cols(), axes)),
      shares_(Eigen::VectorXd::Zero(axes)) {
    const auto count = static_cast<double>(std::max<std::size_t>(1, items.size()));
    for (const als::Item item : items) mean_ += direction(factors, item.index) / count;
    Eigen::MatrixXd covariance = Eigen::MatrixXd::Zero(factors.cols(), factors.cols());
    for (const als::Item item : items) {
        const Eigen::RowVectorXd centred = direction(factors, item.index) - mean_;
        covariance.selfadjointView<Eigen::Lower>().rankUpdate(centred.transpose(), 1 / count);
    }
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);
    const Eigen::Index last = factors.cols() - 1;
    const double variance = covariance.trace();
    for (Eigen::Index axis = 0; axis <= std::min<Eigen::Index>(axes - 1, last); ++axis) {
        axes_.col(axis) = solver.eigenvectors().col(last - axis);
        shares_(axis) = variance > 0 ? solver.eigenvalues()(last - axis) / variance : 0;
    }
}

std::vector<double> Projection::shares() const { return {shares_.begin(), shares_.end()}; }

void Projection::append(std::vector<std::uint8_t>& bytes, const als::FactorView<float>& factors,
                        std::int32_t row) const {
    const Eigen::RowVectorXd place = (direction(factors, row) - mean_) * axes_;
    for (const double x : place) {
        const auto level =
            static_cast<std::uint32_t>(std::lround(std::clamp((x + 2) / 4, 0.0, 1.0) * 65535));
        bytes.push_back(static_cast<std::uint8_t>(level & 255));
        bytes.push_back(static_cast<std::uint8_t>(level >> 8));
    }
}

}  // namespace als_report
