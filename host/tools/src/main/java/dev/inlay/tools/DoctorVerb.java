// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.Engine;
import dev.inlay.backend.opencl.BinaryCache;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.tools.data.DataSets;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import picocli.CommandLine.Command;

/** {@code inlay doctor}. */
@Command(name = "doctor", description = "Say what is installed, what is missing, and how to mend it.")
final class DoctorVerb extends Verb {
    /** Whether a thing is as it should be. */
    enum State {
        OK,
        /** Inlay works without it, but not as well. */
        MISSING,
        /** Inlay gives wrong or no answers like this. */
        BROKEN
    }

    /**
     * @param what the thing looked at
     * @param found what it is
     * @param mend how to mend it; absent where nothing is to mend
     */
    record Finding(String what, State state, String found, Optional<String> mend) {}

    record Diagnosis(List<Finding> findings) implements Report {
        @Override
        public void print(PrintStream out) {
            Table table = new Table("", "what", "found");
            findings.forEach(finding -> table.row(mark(finding.state()), finding.what(), finding.found()));
            table.print(out);
            findings.forEach(finding ->
                    finding.mend().ifPresent(mend -> out.println("to mend " + finding.what() + ": " + mend)));
        }

        @Override
        public Exit exit() {
            boolean broken = findings.stream().anyMatch(finding -> finding.state() == State.BROKEN);
            return broken ? Exit.NOT_HELD : Exit.DONE;
        }

        private static String mark(State state) {
            return switch (state) {
                case OK -> "ok";
                case MISSING -> "missing";
                case BROKEN -> "BROKEN";
            };
        }
    }

    @Override
    protected Report report() {
        List<Finding> findings = new ArrayList<>();
        findings.add(ok(
                "Java",
                Runtime.version() + ", " + System.getProperty("java.vendor") + ", " + System.getProperty("java.home")));
        findings.add(ok(
                "processor",
                Runtime.getRuntime().availableProcessors() + " available, "
                        + Table.bytes(Runtime.getRuntime().maxMemory()) + " of memory for Java"));
        try (Engine engine = Engine.open(binding())) {
            List<DeviceDescription> devices = engine.devices();
            for (DeviceDescription device : devices) {
                if (!device.isReference()) {
                    findings.add(ok(
                            "device " + device.id(),
                            device.name() + ", " + Table.bytes(device.memoryBytes()) + ", driver " + device.driver()
                                    + (device.features().isEmpty()
                                            ? ""
                                            : ", takes " + String.join(", ", new TreeSet<>(device.features())))
                                    + (device.debugger() ? ", a checker: used only when named" : "")));
                }
            }
            if (devices.size() == 1) {
                findings.add(missing(
                        "OpenCL device",
                        "none, so that everything runs in plain Java",
                        "apt-get install ocl-icd-libopencl1 pocl-opencl-icd, or the driver of the board or GPU"));
            }
            for (String notice : engine.notices()) {
                findings.add(new Finding("notice", State.MISSING, notice, Optional.empty()));
            }
        }
        findings.add(sigfpe(System.getenv()));
        findings.add(sample("sample model", Home.current().models().resolve("lenet5.onnx")));
        findings.add(sample("sample data", Home.current().data().resolve(DataSets.SHIPPED)));
        findings.add(
                DataSets.fullIsInstalled()
                        ? ok("Fashion-MNIST, 10,000 images", "installed")
                        : missing(
                                "Fashion-MNIST, 10,000 images",
                                "not installed; the first 1,000 come with Inlay",
                                "apt-get install dataset-fashion-mnist"));
        findings.add(cache());
        return new Diagnosis(findings);
    }

    /** PoCL takes over the signal by which Java notices a division by zero, unless told not to before the start. */
    private static Finding sigfpe(Map<String, String> environment) {
        String value = environment.getOrDefault("POCL_SIGFPE_HANDLER", "not set");
        return value.equals("0")
                ? ok("POCL_SIGFPE_HANDLER", value)
                : new Finding(
                        "POCL_SIGFPE_HANDLER",
                        State.MISSING,
                        value,
                        Optional.of("export POCL_SIGFPE_HANDLER=0, or start with ./inlay: with PoCL a division by zero "
                                + "goes unnoticed in Java otherwise"));
    }

    private static Finding sample(String what, Path path) {
        return Files.exists(path)
                ? ok(what, path.toString())
                : missing(what, "no " + path, "start ./inlay from Inlay's checkout, or name it in -Dinlay.home=FOLDER");
    }

    private static Finding cache() {
        Path cache = BinaryCache.ofUser().folder();
        Path existing = cache;
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        return Files.isWritable(existing)
                ? ok("cache", cache + (existing.equals(cache) ? "" : " (made when first used)"))
                : missing(
                        "cache",
                        existing + " cannot be written, so that kernels are built anew in every process",
                        "make " + existing + " writable, or set XDG_CACHE_HOME");
    }

    private static Finding ok(String what, String found) {
        return new Finding(what, State.OK, found, Optional.empty());
    }

    private static Finding missing(String what, String found, String mend) {
        return new Finding(what, State.MISSING, found, Optional.of(mend));
    }
}
