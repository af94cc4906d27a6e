// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

import dev.inlay.plan.partition.PartitionProblem.Candidate;
import dev.inlay.plan.partition.PartitionProblem.Conversion;
import dev.inlay.plan.partition.PartitionProblem.Device;
import dev.inlay.plan.partition.PartitionProblem.Link;
import dev.inlay.plan.partition.PartitionProblem.Node;
import dev.inlay.plan.partition.PartitionProblem.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;

/**
 * Problems that look like image networks with 8-bit activations: chains, residual blocks and blocks of parallel branches, whose values shrink
 * and whose weights grow from front to back; four OpenCL devices of unequal speed that are each good at something, and
 * the host, which computes some nodes slowly.
 */
public final class RandomNetworks {
    private static final String HOST = "host";
    private static final String PLAIN = "plain";
    private static final String LAST = "channels last";
    private static final int DEVICES = 4;
    private static final int KINDS = 3;

    private final Random random;
    private final int nodes;
    private final List<List<String>> readers = new ArrayList<>();

    private RandomNetworks(long seed, int nodes) {
        random = new Random(seed);
        this.nodes = nodes;
    }

    /** A network of a number of nodes with {@code kernels} candidates of each on each device. */
    public static PartitionProblem of(long seed, int nodes, int kernels) {
        return new RandomNetworks(seed, nodes).problem(kernels);
    }

    private PartitionProblem problem(int kernels) {
        connect();
        List<Device> devices = new ArrayList<>(List.of(new Device(HOST, OptionalLong.empty(), true, 0)));
        double[][] speeds = new double[DEVICES][KINDS];
        for (int device = 0; device < DEVICES; device++) {
            devices.add(new Device("device-" + device, OptionalLong.empty(), true, 0));
            double speed = between(0.5, 2);
            for (int kind = 0; kind < KINDS; kind++) {
                speeds[device][kind] = speed * between(0.5, 2);
            }
        }
        List<Node> all = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            all.add(node(i, speeds, kernels));
        }
        return new PartitionProblem(
                devices,
                HOST,
                PLAIN,
                all,
                values(),
                links(devices),
                conversions(devices),
                List.of(),
                OptionalInt.empty());
    }

    private Node node(int index, double[][] speeds, int kernels) {
        int kind = random.nextInt(KINDS);
        double work = 2e-3 * between(0.1, 1);
        long weights = Math.round(between(1e4, 1e5) * (1 + 20.0 * index / nodes));
        List<Candidate> candidates = new ArrayList<>();
        for (int device = 0; device < DEVICES; device++) {
            for (int kernel = 0; kernel < kernels; kernel++) {
                double seconds = work / speeds[device][kind] * between(1, 1.6);
                String layout = kernel % 2 == 0 ? LAST : PLAIN;
                candidates.add(candidate("device-" + device, kernel, layout, seconds, weights));
            }
        }
        if (random.nextInt(4) == 0) {
            candidates.add(candidate(HOST, 0, PLAIN, 10 * work, weights));
        }
        return new Node("node-" + index, candidates, Map.of());
    }

    private Candidate candidate(String device, int kernel, String layout, double seconds, long weights) {
        return Candidate.of(
                device,
                "kernel-" + kernel,
                layout,
                seconds,
                OptionalDouble.of(seconds * between(5, 50)),
                kernel / 2 % 2 == 0 ? weights : weights / 4,
                weights / 2);
    }

    /** Blocks one behind the other. */
    private void connect() {
        for (int i = 0; i <= nodes; i++) {
            readers.add(new ArrayList<>());
        }
        int next = 0;
        int last = 0;
        while (next < nodes) {
            int shape = random.nextInt(3);
            int left = nodes - next;
            if (shape == 1 && left >= 3) {
                int length = Math.min(left, 3 + random.nextInt(2));
                readers.get(last).add("node-" + (next + length - 1));
                last = chain(last, next, length);
                next += length;
            } else if (shape == 2 && left >= 9) {
                int join = next + 8;
                for (int branch = 0; branch < 4; branch++) {
                    int end = chain(last, next + 2 * branch, 2);
                    readers.get(end).add("node-" + join);
                }
                last = join + 1;
                next = join + 1;
            } else {
                last = chain(last, next, 1);
                next++;
            }
        }
    }

    /** The value that the last of {@code length} nodes makes, of which each reads the one before. */
    private int chain(int from, int first, int length) {
        int value = from;
        for (int node = first; node < first + length; node++) {
            readers.get(value).add("node-" + node);
            value = node + 1;
        }
        return value;
    }

    private List<Value> values() {
        List<Value> values = new ArrayList<>();
        for (int i = 0; i <= nodes; i++) {
            Optional<String> producer = i == 0 ? Optional.empty() : Optional.of("node-" + (i - 1));
            long bytes = Math.round(between(0.2, 1) * (8e5 - 7e5 * i / nodes));
            values.add(new Value(
                    "value-" + i, producer, readers.get(i), readers.get(i).isEmpty(), bytes));
        }
        return values;
    }

    private List<Link> links(List<Device> devices) {
        List<Link> links = new ArrayList<>();
        for (Device from : devices) {
            for (Device to : devices) {
                if (!from.equals(to)) {
                    links.add(new Link(from.id(), to.id(), between(2e-5, 1e-4), between(5e9, 1.2e10)));
                }
            }
        }
        return links;
    }

    private List<Conversion> conversions(List<Device> devices) {
        List<Conversion> conversions = new ArrayList<>();
        for (Device device : devices) {
            conversions.add(new Conversion(device.id(), PLAIN, LAST, 5e-6, 1 / between(1e10, 3e10)));
            conversions.add(new Conversion(device.id(), LAST, PLAIN, 5e-6, 1 / between(1e10, 3e10)));
        }
        return conversions;
    }

    private double between(double low, double high) {
        return low + (high - low) * random.nextDouble();
    }
}
