// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What planning needs to know of a device, captured once and serialisable.
 *
 * @param id {@code <platform slug>/<device slug>-<n>}, or {@code reference}
 * @param platform the platform's own name
 * @param name the device's own name
 * @param deviceClass which skeletons it takes
 * @param type the OpenCL type in upper case: CPU, GPU, ACCELERATOR, CUSTOM; HOST for the reference
 * @param driver driver version, as reported
 * @param binding {@code lwjgl} or {@code jocl}; {@code none} for the reference
 * @param evidence of the figures this device yields
 * @param memoryBytes global memory, as reported
 * @param maxAllocationBytes largest single buffer
 * @param maxWorkGroup most work-items in a work-group
 * @param computeUnits compute units, as reported
 * @param vectorWidth native vector width in f32 lanes, at least 1
 * @param features upper-case names of what kernels have forms for: {@code FMA} as the driver reports it, and
 *     {@code AVX2}, {@code AVX512_VNNI}, {@code AVX512_VPOPCNTDQ} whose forms were proven on this driver and processor;
 *     {@code CHANNELS} where kernels of a pipeline run at the same time
 * @param tuning tunables of the dense skeleton that differ from its class's, by their names, and in percent the
 *     densities of weights at which leaving zeros out breaks even: {@code BREAK_EVEN_PANELS}, {@code BREAK_EVEN_ROWS},
 *     {@code BREAK_EVEN_ROWS_OF_ONE}
 * @param debugger whether it checks rather than computes at speed, and is used only when named
 * @param fixedKernels the only kernels there are for it; empty if any can be compiled
 */
public record DeviceDescription(
        String id,
        String platform,
        String name,
        DeviceClass deviceClass,
        String type,
        String driver,
        String binding,
        Evidence evidence,
        long memoryBytes,
        long maxAllocationBytes,
        long maxWorkGroup,
        int computeUnits,
        int vectorWidth,
        Set<String> features,
        Map<String, Integer> tuning,
        boolean debugger,
        Optional<FixedKernels> fixedKernels) {
    /** The id of the plain-Java device that every machine has. */
    public static final String REFERENCE = "reference";

    public DeviceDescription {
        features = Set.copyOf(features);
        tuning = Map.copyOf(tuning);
    }

    /** The plain-Java device. */
    public static DeviceDescription reference() {
        Runtime runtime = Runtime.getRuntime();
        return new DeviceDescription(
                REFERENCE,
                "Java",
                "plain Java " + Runtime.version().feature(),
                DeviceClass.REFERENCE,
                "HOST",
                Runtime.version().toString(),
                "none",
                Evidence.MEASURED,
                runtime.maxMemory(),
                runtime.maxMemory(),
                1,
                runtime.availableProcessors(),
                1,
                Set.of(),
                Map.of(),
                false,
                Optional.empty());
    }

    /** The same device, to be given the kernels of another class. */
    public DeviceDescription withClass(DeviceClass changed) {
        return new DeviceDescription(
                id,
                platform,
                name,
                changed,
                type,
                driver,
                binding,
                evidence,
                memoryBytes,
                maxAllocationBytes,
                maxWorkGroup,
                computeUnits,
                vectorWidth,
                features,
                changed == deviceClass ? tuning : Map.of(),
                debugger,
                fixedKernels);
    }

    /**
     * A part of this device, to be used as a device of its own.
     *
     * @param index which part, from 0; its id is {@code <this id>/<index>}
     * @param units compute units of the part
     */
    public DeviceDescription part(int index, int units) {
        return new DeviceDescription(
                id + "/" + index,
                platform,
                name,
                deviceClass,
                type,
                driver,
                binding,
                evidence,
                memoryBytes,
                maxAllocationBytes,
                maxWorkGroup,
                units,
                vectorWidth,
                features,
                tuning,
                debugger,
                fixedKernels);
    }

    /**
     * The same device with kernels that were compiled for it beforehand.
     *
     * @param fixed the only ones from now on
     * @param changed whose skeletons they are
     * @param shape tunables of the dense skeleton that they were compiled with
     * @param most bytes that one of their buffers may have
     */
    public DeviceDescription withKernels(
            FixedKernels fixed, DeviceClass changed, Map<String, Integer> shape, long most) {
        return new DeviceDescription(
                id,
                platform,
                name,
                changed,
                type,
                driver,
                binding,
                evidence,
                memoryBytes,
                Math.min(maxAllocationBytes, most),
                maxWorkGroup,
                computeUnits,
                vectorWidth,
                features,
                shape,
                debugger,
                Optional.of(fixed));
    }

    public boolean isReference() {
        return deviceClass == DeviceClass.REFERENCE;
    }

    /** Names of the number formats that contractions may take on this device, as operand pairs. */
    public List<String> formats() {
        return List.of("f32*f32", "u8*s8");
    }
}
