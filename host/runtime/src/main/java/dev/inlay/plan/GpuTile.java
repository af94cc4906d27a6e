// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import java.util.List;

/** The work-group tile of the gpu class's dense skeleton. */
final class GpuTile {
    private GpuTile() {}

    static void range(LaunchBuilder launch, long columns, long rows, long panels) {
        launch.range(List.of(columns, rows, panels), List.of(1L, 1L, 1L));
    }
}
