// SPDX-License-Identifier: Apache-2.0
package dev.inlay.profile;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Something a device does that the engine must know.
 *
 * @param name which one
 * @param value {@code "true"} for a flag, otherwise a number or a text as {@link Name} says
 * @param reason what was seen, or where it is written
 */
public record Quirk(Name name, String value, String reason) {
    /** What a quirk's value is in JSON. */
    public enum Kind {
        /** {@code true}; {@code false} is said by leaving the quirk out. */
        FLAG,
        /** A number above zero. */
        NUMBER,
        TEXT,
        /** The label of a {@link DeviceClass}. */
        CLASS,
        /** {@code NAME=NUMBER}, separated by spaces, each number a whole one above zero. */
        SETTINGS
    }

    /** The quirks the engine knows. */
    public enum Name implements Labelled {
        /** The first part of the device's id, in place of the platform's name. */
        PLATFORM_SLUG("platformSlug", Kind.TEXT),
        /** The second part of the device's id, in place of the first word of its name. */
        DEVICE_SLUG("deviceSlug", Kind.TEXT),
        /** The class whose kernels the device takes in place of its own: {@code cpu}, {@code gpu} or {@code fpga}. */
        SKELETONS("skeletons", Kind.CLASS),
        /**
         * Tunables of the dense skeleton in place of the class's, by their names: {@code VW=4 NV=8 MR=4 LM=8}; on class fpga
         * also {@code SEGMENTS=1}, curves of straight lines.
         */
        TUNING("tuning", Kind.SETTINGS),
        /** The compiler takes inline assembly of the processor the host runs on. */
        HOST_INSTRUCTIONS("hostInstructions", Kind.FLAG),
        /** A checking simulator: stays out of demo, accuracy and bench unless it is named. */
        DEBUGGER("debugger", Kind.FLAG),
        /** {@code separate}: the memory plan gives each tensor a buffer of its own, so that an overrun is seen. */
        MEMORY_PLAN("memoryPlan", Kind.TEXT),
        /** Reads and writes must block. */
        BLOCKING_TRANSFERS("blockingTransfers", Kind.FLAG),
        /** Enqueueing or flushing runs the kernel in the caller's thread. */
        BLOCKING_ENQUEUE("blockingEnqueue", Kind.FLAG),
        /** Sub-devices cannot be asked for. */
        NO_SUB_DEVICES("noSubDevices", Kind.FLAG),
        /** Inline assembly is dropped or refused: fast paths are compared with the portable ones before use. */
        UNSOUND_INLINE_ASSEMBLY("unsoundInlineAssembly", Kind.FLAG),
        /** A build option that is refused. */
        REFUSED_BUILD_OPTION("refusedBuildOption", Kind.TEXT),
        /** A program binary that is none brings the process down: check the magic before the driver sees it. */
        CRASHES_ON_JUNK_BINARY("crashesOnJunkBinary", Kind.FLAG),
        /** An environment variable that must be set before launch, as {@code NAME=VALUE}. */
        ENVIRONMENT("environment", Kind.TEXT),
        /** The memory reported is far below what the machine has. */
        UNDERSTATES_MEMORY("understatesMemory", Kind.FLAG),
        /** No compiler on the host: programs come as binaries made beforehand. */
        OFFLINE_COMPILER("offlineCompiler", Kind.FLAG),
        /** CL_DEVICE_MAX_CLOCK_FREQUENCY and CL_DEVICE_MAX_COMPUTE_UNITS are constants that say nothing. */
        CLOCK_NOT_REPORTED("clockNotReported", Kind.FLAG),
        /** Kernels run at once only from queues of their own. */
        QUEUE_PER_KERNEL("queuePerKernel", Kind.FLAG),
        /** A buffer's place is settled by the kernel argument it is first set to: set, then write. */
        ARGUMENT_BEFORE_WRITE("argumentBeforeWrite", Kind.FLAG),
        /** Seconds to load another program onto the device, in which nothing else runs. */
        REPROGRAM_SECONDS("reprogramSeconds", Kind.NUMBER);

        private final String label;
        private final Kind kind;

        Name(String label, Kind kind) {
            this.label = label;
            this.kind = kind;
        }

        @Override
        public String label() {
            return label;
        }

        /** What the value is. */
        public Kind kind() {
            return kind;
        }
    }

    /**
     * The value as a number.
     *
     * @throws IllegalStateException when the quirk is not of kind {@link Kind#NUMBER}
     */
    public double number() {
        if (name.kind() != Kind.NUMBER) {
            throw new IllegalStateException("quirk " + name.label() + " is no number");
        }
        return Double.parseDouble(value);
    }

    /**
     * The value as numbers by name, in the order of the text.
     *
     * @throws IllegalStateException when the quirk is not of kind {@link Kind#SETTINGS}
     */
    public Map<String, Integer> settings() {
        if (name.kind() != Kind.SETTINGS) {
            throw new IllegalStateException("quirk " + name.label() + " is no list of settings");
        }
        Map<String, Integer> settings = new LinkedHashMap<>();
        for (String setting : value.split(" ", -1)) {
            int sign = setting.indexOf('=');
            settings.put(setting.substring(0, sign), Integer.parseInt(setting.substring(sign + 1)));
        }
        return settings;
    }
}
