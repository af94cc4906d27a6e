// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

import dev.inlay.plan.partition.PartitionProblem.Candidate;
import dev.inlay.plan.partition.PartitionProblem.Node;
import dev.inlay.plan.partition.PartitionProblem.Pin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Which candidates of a node are left once its pins and the memory of each device alone are looked at. */
final class Candidates {
    private final Map<String, List<Pin>> pins;
    private final Map<String, Long> memory = new HashMap<>();

    Candidates(PartitionProblem problem) {
        pins = problem.pins().stream().collect(Collectors.groupingBy(Pin::node));
        problem.devices().forEach(device -> device.memoryBytes().ifPresent(bytes -> memory.put(device.id(), bytes)));
    }

    /** The pins of a node that leave a device out. */
    List<Pin> against(String node, String device) {
        return pins.getOrDefault(node, List.of()).stream()
                .filter(pin -> !pin.devices().contains(device))
                .toList();
    }

    boolean fits(Candidate candidate) {
        return need(candidate) <= memory.getOrDefault(candidate.device(), Long.MAX_VALUE);
    }

    private static long need(Candidate candidate) {
        return Math.addExact(candidate.weightBytes(), candidate.workBytes());
    }

    /** @throws PartitionException if none is left */
    List<Candidate> allowed(Node node) {
        if (node.candidates().isEmpty()) {
            throw new PartitionException("node " + node.name() + ": got no kernel on any device"
                    + refusals(node, node.refusals().keySet()) + ", expected one at least");
        }
        List<Candidate> pinned = node.candidates().stream()
                .filter(each -> against(node.name(), each.device()).isEmpty())
                .toList();
        if (pinned.isEmpty()) {
            throw new PartitionException(unmeetable(node));
        }
        List<Candidate> fitting = pinned.stream().filter(this::fits).toList();
        if (fitting.isEmpty()) {
            throw new PartitionException(pinned.stream()
                    .map(each -> each.kernel() + " on " + each.device() + " with " + need(each) + " bytes, expected "
                            + memory.get(each.device()) + " at most")
                    .collect(Collectors.joining("; got ", "node " + node.name() + ": got ", "")));
        }
        return fitting;
    }

    private String unmeetable(Node node) {
        List<Pin> all = pins.get(node.name());
        Set<String> wanted = new TreeSet<>(all.getFirst().devices());
        all.forEach(pin -> wanted.retainAll(pin.devices()));
        Set<String> able = new TreeSet<>();
        node.candidates().forEach(each -> able.add(each.device()));
        List<String> reasons = new ArrayList<>();
        all.forEach(pin -> reasons.add(pin.why()));
        return "node " + node.name() + ": got a pin to " + wanted + " (" + String.join("; ", reasons)
                + "), where no kernel computes it" + refusals(node, wanted) + ", expected one of " + able;
    }

    private static String refusals(Node node, Set<String> devices) {
        String words = new TreeSet<>(devices)
                .stream()
                        .filter(node.refusals()::containsKey)
                        .map(device -> device + ": " + node.refusals().get(device))
                        .collect(Collectors.joining("; "));
        return words.isEmpty() ? "" : " (" + words + ")";
    }
}
