// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

import dev.inlay.plan.partition.PartitionProblem.Candidate;
import dev.inlay.plan.partition.PartitionProblem.Conversion;
import dev.inlay.plan.partition.PartitionProblem.Device;
import dev.inlay.plan.partition.PartitionProblem.Link;
import dev.inlay.plan.partition.PartitionProblem.Node;
import dev.inlay.plan.partition.PartitionProblem.Pin;
import dev.inlay.plan.partition.PartitionProblem.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/** Problems of every shape: chains, residuals, branches, several outputs; with and without limits. */
public final class RandomProblems {
    static final String HOST = "host";
    private static final List<String> LAYOUTS = List.of("plain", "last", "rows");

    /**
     * What a problem has at most.
     *
     * @param computing devices beside the host
     * @param kernels of a node on a device
     * @param layouts from 1 to 3
     * @param share of the devices that have a kernel for a node
     */
    public record Size(int nodes, int computing, int kernels, int layouts, double share) {}

    private final Random random;
    private final Size size;

    private RandomProblems(Random random, Size size) {
        this.random = random;
        this.size = size;
    }

    /** A small one with limits at random; it may have no partition. */
    public static PartitionProblem small(long seed) {
        Random random = new Random(seed);
        Size size = new Size(2 + random.nextInt(5), 1 + random.nextInt(2), 2, 1 + random.nextInt(2), 0.8);
        RandomProblems problems = new RandomProblems(random, size);
        return problems.limited(problems.problem(random.nextInt(5), random.nextInt(4) == 0));
    }

    /** One without limits, in which residuals and branches meet. */
    public static PartitionProblem large(long seed, Size size) {
        return new RandomProblems(new Random(seed), size).problem(4, false);
    }

    private PartitionProblem problem(int shape, boolean bitstreams) {
        List<Device> devices = new ArrayList<>();
        devices.add(new Device(HOST, OptionalLong.empty(), true, 0));
        for (int i = 0; i < size.computing; i++) {
            devices.add(new Device("device-" + i, OptionalLong.empty(), true, bitstreams ? between(0.1, 2) : 0));
        }
        List<Node> nodes = IntStream.range(0, size.nodes)
                .mapToObj(i -> node(i, bitstreams))
                .toList();
        return new PartitionProblem(
                devices,
                HOST,
                LAYOUTS.getFirst(),
                nodes,
                values(shape),
                links(devices),
                conversions(devices),
                List.of(),
                OptionalInt.empty());
    }

    private Node node(int index, boolean bitstreams) {
        List<Candidate> candidates = new ArrayList<>();
        double heavy = between(0.5, 4);
        long weights = random.nextInt(100);
        for (int device = -1; device < size.computing; device++) {
            boolean able = device < 0 ? random.nextInt(3) == 0 : random.nextDouble() < size.share;
            for (int kernel = 0; able && kernel < 1 + random.nextInt(size.kernels); kernel++) {
                candidates.add(candidate(device, kernel, heavy, weights, bitstreams));
            }
        }
        if (candidates.isEmpty()) {
            candidates.add(candidate(random.nextInt(size.computing), 0, heavy, weights, bitstreams));
        }
        return new Node("node-" + index, candidates, Map.of());
    }

    private Candidate candidate(int device, int kernel, double heavy, long weights, boolean bitstreams) {
        return new Candidate(
                device < 0 ? HOST : "device-" + device,
                "kernel-" + kernel,
                device < 0 ? LAYOUTS.getFirst() : layout(),
                device < 0 ? LAYOUTS.getFirst() : layout(),
                heavy * between(0.5, 2) * (device < 0 ? 4 : 1),
                OptionalDouble.of(heavy * between(0.2, 5)),
                weights * (1 + random.nextInt(2)),
                random.nextInt(50),
                bitstreams && device == 0 ? Optional.of("bits-" + random.nextInt(2)) : Optional.empty());
    }

    private String layout() {
        return LAYOUTS.get(random.nextInt(size.layouts));
    }

    /** Chain, residual, diamond, several outputs, or any of them. */
    private List<Value> values(int shape) {
        int nodes = size.nodes;
        List<List<String>> readers = new ArrayList<>();
        for (int i = 0; i <= nodes; i++) {
            readers.add(new ArrayList<>());
        }
        for (int node = 0; node < nodes; node++) {
            int from = shape == 2 && node > 0 && node < nodes - 1 ? Math.max(1, node - 1 - random.nextInt(2)) : node;
            from = shape == 4 && random.nextInt(4) == 0 ? random.nextInt(node + 1) : from;
            readers.get(from).add("node-" + node);
            boolean second = (shape == 1 && node % 2 == 1) || (shape == 4 && random.nextInt(3) == 0);
            if (second && node > 0) {
                readers.get(Math.max(0, node - 1 - random.nextInt(4))).add("node-" + node);
            }
        }
        List<Value> values = new ArrayList<>();
        for (int i = 0; i <= nodes; i++) {
            boolean output = i > 0 && (readers.get(i).isEmpty() || (shape == 3 && random.nextInt(3) == 0));
            Optional<String> producer = i == 0 ? Optional.empty() : Optional.of("node-" + (i - 1));
            values.add(new Value("value-" + i, producer, readers.get(i), output, 1 + random.nextInt(100)));
        }
        return values;
    }

    private List<Link> links(List<Device> devices) {
        List<Link> links = new ArrayList<>();
        for (Device from : devices) {
            for (Device to : devices) {
                if (!from.equals(to)) {
                    links.add(new Link(from.id(), to.id(), between(0, 0.3), between(50, 500)));
                }
            }
        }
        return links;
    }

    private List<Conversion> conversions(List<Device> devices) {
        List<Conversion> conversions = new ArrayList<>();
        for (Device device : devices) {
            for (String from : LAYOUTS) {
                for (String to : LAYOUTS) {
                    if (!from.equals(to)) {
                        conversions.add(new Conversion(device.id(), from, to, between(0, 0.1), between(0, 0.01)));
                    }
                }
            }
        }
        return conversions;
    }

    /** The same with memory limits, pins and a limit of cuts, each at random. */
    private PartitionProblem limited(PartitionProblem all) {
        long total = all.nodes().stream()
                .mapToLong(node -> node.candidates().getFirst().weightBytes())
                .sum();
        boolean tight = random.nextInt(3) == 0;
        List<Device> devices = all.devices().stream()
                .map(device -> tight ? withMemory(device, 60 + random.nextLong(total + 1)) : device)
                .toList();
        List<Pin> pins = new ArrayList<>();
        for (Node node : all.nodes()) {
            if (random.nextInt(10) == 0) {
                int device = random.nextInt(node.candidates().size());
                pins.add(new Pin(
                        node.name(), Set.of(node.candidates().get(device).device()), "asked for"));
            }
        }
        OptionalInt cuts = random.nextInt(3) == 0 ? OptionalInt.of(random.nextInt(4)) : OptionalInt.empty();
        return new PartitionProblem(
                devices,
                all.host(),
                all.exchange(),
                all.nodes(),
                all.values(),
                all.links(),
                all.conversions(),
                pins,
                cuts);
    }

    static Device withMemory(Device device, long bytes) {
        return new Device(device.id(), OptionalLong.of(bytes), device.energyKnown(), device.swapSeconds());
    }

    private double between(double low, double high) {
        return low + (high - low) * random.nextDouble();
    }
}
