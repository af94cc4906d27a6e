// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.compare;

import dev.inlay.Engine;
import dev.inlay.plan.DeviceDescription;
import java.util.List;

/**
 * The devices of one comparison, which give their ceilings' memory back together.
 *
 * @param each in the order in which they run
 */
public record DeviceRuns(List<MeasuredRuns> each) implements AutoCloseable {
    /** The devices of an engine that is open. */
    public static DeviceRuns of(Engine engine, List<DeviceDescription> devices) {
        return new DeviceRuns(
                devices.stream().map(device -> new MeasuredRuns(engine, device)).toList());
    }

    @Override
    public void close() {
        each.forEach(MeasuredRuns::close);
    }
}
