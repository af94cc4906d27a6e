// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

import dev.inlay.backend.opencl.ArithmeticTrap;
import dev.inlay.backend.opencl.BinaryCache;
import dev.inlay.backend.opencl.Discovery;
import dev.inlay.backend.opencl.FastForms;
import dev.inlay.backend.opencl.OpenClDevice;
import dev.inlay.backend.opencl.binding.ClApi;
import dev.inlay.backend.opencl.binding.ClBinding;
import dev.inlay.backend.reference.Reference;
import dev.inlay.graph.Graph;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Partitioning;
import dev.inlay.plan.Plan;
import dev.inlay.plan.Planner;
import dev.inlay.plan.Spread;
import dev.inlay.plan.cost.Calibration;
import dev.inlay.plan.cost.CostModel;
import dev.inlay.plan.cost.TuningFormat;
import dev.inlay.plan.partition.Partition;
import dev.inlay.plan.partition.PartitionProblem;
import dev.inlay.profile.DeviceProfile;
import dev.inlay.profile.ProfileCatalog;
import dev.inlay.rewrite.Rewriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The devices of this machine. One engine serves a whole program; models and sessions made by it must be closed before
 * it.
 */
public final class Engine implements AutoCloseable {
    private final Map<String, OpenClDevice> openCl = new LinkedHashMap<>();
    private final List<String> notices = new ArrayList<>();
    private final DeviceDescription reference = DeviceDescription.reference();
    private final Calibrations calibrations = new Calibrations(BinaryCache.ofUser("calibrations"));
    private final ProfileCatalog profiles;

    private Engine(ProfileCatalog profiles) {
        this.profiles = profiles;
    }

    /** An engine on the default binding. */
    public static Engine open() {
        return open(ClBinding.DEFAULT);
    }

    /**
     * An engine on a binding. Without OpenCL it has the reference device alone and says so in {@link #notices()}.
     *
     * @param binding {@code lwjgl} or {@code jocl}
     * @throws UsageException if no binding has this name
     */
    public static Engine open(String binding) {
        if (!ClBinding.names().contains(binding)) {
            throw new UsageException("binding: got \"" + binding + "\", expected one of " + ClBinding.names());
        }
        return switch (ClBinding.load(binding)) {
            case ClBinding.Available available ->
                over(
                        available.api(),
                        BinaryCache.ofUser(),
                        ProfileCatalog.shipped(),
                        FastForms.ofProcessor(BinaryCache.ofUser()));
            case ClBinding.Unavailable unavailable -> none(unavailable.cause() + "; " + unavailable.remedy());
        };
    }

    /**
     * An engine with the reference device alone.
     *
     * @param why what became of OpenCL, one line
     */
    public static Engine none(String why) {
        Engine engine = new Engine(ProfileCatalog.shipped());
        engine.notices.add("no OpenCL: " + why);
        return engine;
    }

    /** An engine over an OpenCL that the caller brings, a decorated or an imaginary one; it gets no fast forms. */
    public static Engine over(ClApi api, BinaryCache cache) {
        return over(api, cache, ProfileCatalog.shipped(), FastForms.none());
    }

    /**
     * An engine over an OpenCL that the caller brings.
     *
     * @param profiles what is known beforehand of the devices, in place of the profiles that ship
     * @param forms decides which instructions of the processor the kernels may hold
     */
    public static Engine over(ClApi api, BinaryCache cache, ProfileCatalog profiles, FastForms forms) {
        Engine engine = new Engine(profiles);
        Discovery discovery = Discovery.of(api, profiles, forms);
        engine.notices.addAll(discovery.notices());
        for (Discovery.Found found : discovery.found()) {
            engine.openCl.put(
                    found.description().id(), new OpenClDevice(api, found.device(), found.description(), cache));
        }
        if (engine.openCl.isEmpty()) {
            engine.notices.add("no OpenCL device was found; install a driver, for example pocl-opencl-icd");
        }
        ArithmeticTrap.warning().ifPresent(engine.notices::add);
        return engine;
    }

    /** Every device found, the plain-Java reference last. */
    public List<DeviceDescription> devices() {
        List<DeviceDescription> all = new ArrayList<>();
        openCl.values().forEach(device -> all.add(device.description()));
        all.add(reference);
        return all;
    }

    /**
     * The device of an id.
     *
     * @throws UsageException if there is none
     */
    public DeviceDescription device(String id) {
        return devices().stream()
                .filter(device -> device.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new UsageException("device: got \"" + id + "\", expected one of "
                        + devices().stream().map(DeviceDescription::id).toList()));
    }

    /** What the user should know: missing or failing drivers, environment that should be set; one line each. */
    public List<String> notices() {
        return List.copyOf(notices);
    }

    /**
     * Rewrites a graph and plans it.
     *
     * @throws UsageException if the options name an unknown device or pin an unknown node
     * @throws dev.inlay.graph.GraphException if {@code strict} does not hold
     */
    public CompiledModel compile(Graph graph, CompileOptions options) {
        Set<String> wanted = new LinkedHashSet<>(options.devices());
        if (wanted.isEmpty()) {
            wanted.add(preferred().id());
        }
        wanted.addAll(options.pins().values());
        List<DeviceDescription> chosen = wanted.stream()
                .map(this::device)
                .map(device -> device.isReference()
                        ? device
                        : options.skeletons().map(device::withClass).orElse(device))
                .toList();
        Graph rewritten = Rewriter.standard(Reference::evaluate).rewrite(graph);
        Map<String, String> pins = Pins.follow(options.pins(), graph, rewritten);
        return options.spread()
                .map(spread -> spread(rewritten, chosen, pins, options, spread))
                .orElseGet(() -> {
                    Plan plan =
                            Planner.plan(rewritten, chosen, pins, options.strict(), options.memory(), options.sparse());
                    return new CompiledModel(this, rewritten, plan, options.slots(), Optional.empty());
                });
    }

    private CompiledModel spread(
            Graph graph,
            List<DeviceDescription> devices,
            Map<String, String> pins,
            CompileOptions options,
            Spread spread) {
        Partitioning prices = Partitioning.of(
                graph, devices, options.sparse(), spread.costs().orElseGet(() -> costs(devices)), watts(devices));
        PartitionProblem problem = prices.problem(devices, pins, spread.maxCuts());
        Partition partition = spread.partitioner().partition(problem, spread.objective());
        Graph ordered = graph.ordered(partition.stages().stream()
                .flatMap(stage -> stage.nodes().stream())
                .toList());
        Map<String, String> placed = new LinkedHashMap<>();
        partition.choices().forEach((node, candidate) -> placed.put(node, candidate.device()));
        Plan plan = Planner.plan(
                ordered, devices, placed, options.strict(), options.memory(), node -> prices.use(partition, node));
        return new CompiledModel(
                this, ordered, plan, options.slots(), Optional.of(new Partitioned(problem, partition)));
    }

    /**
     * What steps take on these devices: as they were measured before, or as they are measured now, which takes some
     * seconds for each.
     *
     * @throws DeviceException if a device fails
     */
    public CostModel costs(List<DeviceDescription> devices) {
        List<Calibration> known = new ArrayList<>();
        Set<DeviceDescription> all = new LinkedHashSet<>(devices);
        all.add(reference);
        for (DeviceDescription device : all) {
            known.add(calibration(device).orElseGet(() -> {
                Calibration calibration =
                        Tuner.calibrate(this, device, List.of(TuningFormat.F32, TuningFormat.BYTES), name -> {});
                calibrations.keep(device, calibration);
                return calibration;
            }));
        }
        return new CostModel(known, Map.of());
    }

    /** What was measured on a device before, with the same driver. */
    public Optional<Calibration> calibration(DeviceDescription device) {
        return calibrations.of(device);
    }

    /** Keeps what was measured on a device, for this process and those after it. */
    public void keep(Calibration calibration) {
        calibrations.keep(device(calibration.device()), calibration);
    }

    /** The draw of those devices whose profile has one. */
    private Map<String, Double> watts(List<DeviceDescription> devices) {
        Map<String, Double> watts = new LinkedHashMap<>();
        for (DeviceDescription device : devices) {
            profiles.match(device.platform(), device.name(), device.driver())
                    .flatMap(DeviceProfile::power)
                    .ifPresent(power -> watts.put(device.id(), power.value()));
        }
        return watts;
    }

    private DeviceDescription preferred() {
        return devices().stream()
                .filter(device -> !device.debugger())
                .findFirst()
                .orElse(reference);
    }

    /**
     * The device behind an id, for tools that launch kernels themselves.
     *
     * @throws UsageException if no OpenCL device has it
     */
    public OpenClDevice openCl(String id) {
        OpenClDevice device = openCl.get(id);
        if (device == null) {
            throw new UsageException("device: got \"" + id + "\", expected one of " + openCl.keySet());
        }
        return device;
    }

    /**
     * Gives every device back; closing twice does nothing.
     *
     * @throws DeviceException if a device fails; the others are given back all the same
     */
    @Override
    public void close() {
        Closing.all("engine", openCl.values());
    }
}
