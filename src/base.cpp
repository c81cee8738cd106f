// SPDX-License-Identifier: MIT
// The functions that are not templates, and instantiations that do not depend on the scalar.
#include <als/detail/base/buffer_impl.hpp>
#include <als/detail/base/check_impl.hpp>
#include <als/detail/base/ids_origin_impl.hpp>
#include <als/detail/base/parallel_impl.hpp>
#include <als/detail/base/text_impl.hpp>
#include <als/detail/base/validate_impl.hpp>
#include <als/detail/id_map.hpp>
#include <als/detail/instruction_set.hpp>
#include <als/detail/io/columns_impl.hpp>
#include <als/detail/io/feature_table_impl.hpp>
#include <als/detail/io/lines_impl.hpp>
#include <als/detail/io/ratings_table_impl.hpp>
#include <als/detail/io/times_impl.hpp>
#include <als/detail/rank/norm_order_impl.hpp>

namespace als {
inline namespace ALS_ABI {

template class IdMap<User>;
template class IdMap<Item>;

}  // inline namespace
}  // namespace als
