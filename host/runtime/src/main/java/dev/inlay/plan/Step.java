// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.kernels.KernelId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One thing that a session does, in order. */
public sealed interface Step {
    /** Id of the device that does it. */
    String device();

    /**
     * A kernel launch.
     *
     * @param node name of the node it belongs to, or of the value it converts
     * @param kernel which kernel
     * @param arguments by the kernel's argument names; an offset argument is derived from the buffer before it
     * @param global work-items, a multiple of {@code local}
     * @param local work-items of a work-group
     * @param work what it costs
     * @param traffic of a pipeline; empty for a kernel that is launched alone
     */
    record Launch(
            String device,
            String node,
            KernelId kernel,
            Map<String, Argument> arguments,
            List<Long> global,
            List<Long> local,
            Work work,
            Optional<Traffic> traffic)
            implements Step {
        public Launch {
            arguments = Map.copyOf(arguments);
            global = List.copyOf(global);
            local = List.copyOf(local);
        }
    }

    /**
     * A node that plain Java computes on the host.
     *
     * @param node name of the node
     * @param inputs positions in {@link Plan#stored()}, -1 for an absent input or a constant
     * @param outputs positions in {@link Plan#stored()}
     */
    record Evaluate(String node, List<Integer> inputs, List<Integer> outputs) implements Step {
        public Evaluate {
            inputs = List.copyOf(inputs);
            outputs = List.copyOf(outputs);
        }

        @Override
        public String device() {
            return DeviceDescription.REFERENCE;
        }
    }

    /**
     * A copy between the host and a device, of equal bytes on both sides.
     *
     * @param device the device that is not the host
     * @param from position in {@link Plan#stored()}
     * @param to position in {@link Plan#stored()}
     * @param bytes how many
     */
    record Transfer(String device, int from, int to, long bytes) implements Step {}

    /** The value of a kernel's argument. */
    sealed interface Argument {
        /** A region of values: position in {@link Plan#stored()}, starting {@code elements} into it. */
        record OfStored(int id, long elements) implements Argument {}

        /** A packed constant: position in {@link Plan#packed()}. */
        record OfPacked(int id) implements Argument {}

        record OfInt(int value) implements Argument {}

        record OfFloat(float value) implements Argument {}
    }
}
