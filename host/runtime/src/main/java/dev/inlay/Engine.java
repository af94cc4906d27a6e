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
import dev.inlay.bitstream.Bitstreams;
import dev.inlay.graph.Graph;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Plan;
import dev.inlay.plan.Planner;
import dev.inlay.plan.Spread;
import dev.inlay.plan.cost.Calibration;
import dev.inlay.plan.cost.CostModel;
import dev.inlay.profile.DeviceProfile;
import dev.inlay.profile.ProfileCatalog;
import dev.inlay.rewrite.Rewriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
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
    private final Calibrations calibrations = new Calibrations(this, BinaryCache.ofUser("calibrations"));
    private final ProfileCatalog profiles;

    private Engine(ProfileCatalog profiles) {
        this.profiles = profiles;
    }

    /**
     * How an engine is opened.
     *
     * @param binding {@code lwjgl} or {@code jocl}
     * @param splits id of a device to the number of parts it is split into, which are devices {@code ID/0}, {@code ID/1}
     *     … beside the whole
     * @param patience the longest that one call of a device may take; a device that exceeds it is lost to this engine
     * @param bitstreams what the programs of their board come from, in place of a compiler
     */
    public record Options(
            String binding, Map<String, Integer> splits, Duration patience, Optional<Bitstreams> bitstreams) {
        /** The default binding, every device as it is. */
        public static final Options DEFAULT =
                new Options(ClBinding.DEFAULT, Map.of(), OpenClDevice.PATIENCE, Optional.empty());

        public Options {
            splits = Map.copyOf(splits);
            if (!patience.isPositive()) {
                throw new IllegalArgumentException("patience: got " + patience + ", expected more than 0");
            }
        }

        public Options withBinding(String changed) {
            return new Options(changed, splits, patience, bitstreams);
        }

        public Options withSplits(Map<String, Integer> changed) {
            return new Options(binding, changed, patience, bitstreams);
        }

        /** With one more device split. */
        public Options split(String device, int parts) {
            Map<String, Integer> more = new HashMap<>(splits);
            more.put(device, parts);
            return withSplits(more);
        }

        public Options withPatience(Duration changed) {
            return new Options(binding, splits, changed, bitstreams);
        }

        public Options withBitstreams(Bitstreams changed) {
            return new Options(binding, splits, patience, Optional.of(changed));
        }
    }

    /** An engine on the default binding. */
    public static Engine open() {
        return open(Options.DEFAULT);
    }

    /**
     * An engine on a binding. Without OpenCL it has the reference device alone and says so in {@link #notices()}.
     *
     * @param binding {@code lwjgl} or {@code jocl}
     * @throws UsageException if no binding has this name
     */
    public static Engine open(String binding) {
        return open(Options.DEFAULT.withBinding(binding));
    }

    /**
     * An engine with options. Without OpenCL it has the reference device alone and says so in {@link #notices()}.
     *
     * @throws UsageException if no binding has this name, or a device to be split is not there or cannot be split so
     * @throws DeviceException if a driver refuses to split a device
     */
    public static Engine open(Options options) {
        String binding = options.binding();
        if (!ClBinding.names().contains(binding)) {
            throw new UsageException("binding: got \"" + binding + "\", expected one of " + ClBinding.names());
        }
        return switch (ClBinding.load(binding)) {
            case ClBinding.Available available ->
                over(
                        available.api(),
                        BinaryCache.ofUser(),
                        ProfileCatalog.shipped(),
                        FastForms.ofProcessor(BinaryCache.ofUser()),
                        options);
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
        return over(api, cache, profiles, forms, Options.DEFAULT);
    }

    /**
     * As {@link #over(ClApi, BinaryCache, ProfileCatalog, FastForms)}, with options, whose binding says nothing here.
     *
     * @throws UsageException if a device to be split is not there or cannot be split so
     * @throws DeviceException if a driver refuses to split a device
     */
    public static Engine over(ClApi api, BinaryCache cache, ProfileCatalog profiles, FastForms forms, Options options) {
        Engine engine = new Engine(profiles);
        Discovery discovery = Discovery.of(api, profiles, forms, options.splits());
        engine.notices.addAll(discovery.notices());
        for (Discovery.Found found : discovery.found()) {
            Optional<Bitstreams> own = options.bitstreams()
                    .filter(all -> engine.profile(found.description()).equals(Optional.of(all.board())));
            engine.openCl.put(found.description().id(), new OpenClDevice(api, found, cache, options.patience(), own));
        }
        options.bitstreams().ifPresent(engine::requireBoard);
        if (engine.openCl.isEmpty()) {
            engine.notices.add("no OpenCL device was found; install a driver, for example pocl-opencl-icd");
        }
        ArithmeticTrap.warning().ifPresent(engine.notices::add);
        return engine;
    }

    /** Id of the profile that a device matches. */
    public Optional<String> profile(DeviceDescription device) {
        return profiles.match(device.platform(), device.name(), device.driver()).map(DeviceProfile::id);
    }

    private void requireBoard(Bitstreams bitstreams) {
        List<String> boards = openCl.values().stream()
                .flatMap(device -> profile(device.description()).stream())
                .distinct()
                .toList();
        if (!boards.contains(bitstreams.board())) {
            throw new UsageException(bitstreams.folder() + ": board: got " + bitstreams.board()
                    + ", expected one of this machine: " + String.join(", ", boards));
        }
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
        if (options.spread().isPresent()) {
            Spread spread = options.spread().get();
            CostModel costs = spread.costs().orElseGet(() -> costs(chosen));
            Spreading spreading = Spreading.of(rewritten, chosen, pins, options, spread, costs, watts(chosen));
            return new CompiledModel(
                    this, graph, options, spreading.graph(), spreading.plan(), Optional.of(spreading.partitioned()));
        }
        Plan plan = Planner.plan(rewritten, chosen, pins, options.strict(), options.memory(), options.sparse());
        return new CompiledModel(this, graph, options, rewritten, plan, Optional.empty());
    }

    /**
     * What steps take on these devices and the host: as they were measured before, or as they are measured now, which
     * takes some seconds for each.
     *
     * @throws DeviceException if a device fails
     */
    public CostModel costs(List<DeviceDescription> devices) {
        Set<DeviceDescription> all = new LinkedHashSet<>(devices);
        all.add(reference);
        return new CostModel(all.stream().map(calibrations::ofNowOrBefore).toList(), Map.of());
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
                .filter(device -> device.isReference() || !openCl(device.id()).isLost())
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
