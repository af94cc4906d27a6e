// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.encoding.BlockCirculant;
import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Floats;
import dev.inlay.encoding.Hashed;
import dev.inlay.encoding.HuffmanCoded;
import dev.inlay.encoding.Product;
import dev.inlay.encoding.Quantizer;
import dev.inlay.encoding.Sparse;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Move;
import dev.inlay.graph.Node;
import dev.inlay.graph.Normalization;
import dev.inlay.graph.Pool;
import dev.inlay.graph.Reduction;
import dev.inlay.graph.Value;
import dev.inlay.tensor.ElementType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Makes a plan: assigns every node to the preferred device, a pinned one or the host, lowers it to steps, and places the
 * regions.
 */
public final class Planner {
    private final Graph graph;
    private final Map<String, DeviceDescription> devices = new LinkedHashMap<>();
    private final Map<String, String> deviceOfNode = new HashMap<>();
    private final Map<String, Decision> refusals = new HashMap<>();
    private final List<Decision> decisions = new ArrayList<>();
    private final Holdings holdings;
    private final String preferred;
    private final Map<String, String> pins;
    private final SparseRule sparse;
    private final Map<String, String> lacking;

    private Planner(
            Graph graph,
            List<DeviceDescription> devices,
            Map<String, String> pins,
            SparseRule sparse,
            Map<String, String> lacking) {
        this.sparse = sparse;
        this.lacking = lacking;
        this.graph = graph;
        this.holdings = new Holdings(graph, deviceOfNode);
        this.preferred = devices.getFirst().id();
        this.pins = pins;
        devices.forEach(device -> this.devices.put(device.id(), device));
        this.devices.putIfAbsent(DeviceDescription.REFERENCE, DeviceDescription.reference());
    }

    /**
     * @param graph what to compute
     * @param devices the devices that may be used, the preferred one first
     * @param pins node name to the id of one of {@code devices}
     * @param strict whether a node without a kernel on its device is an error; otherwise the host computes it
     * @param memory how regions share buffers
     * @param sparse when weights of a node that are zero are left out
     * @throws GraphException if a pin names an unknown node or device, or {@code strict} does not hold
     */
    public static Plan plan(
            Graph graph,
            List<DeviceDescription> devices,
            Map<String, String> pins,
            boolean strict,
            MemoryMode memory,
            SparseRule sparse) {
        Map<String, String> lacking = new HashMap<>();
        while (true) {
            Planner planner = new Planner(graph, devices, pins, sparse, lacking);
            planner.assign(strict);
            int before = lacking.size();
            Plan plan = planner.lower(memory);
            if (lacking.size() == before) {
                return plan;
            }
        }
    }

    private String wanted(Node node) {
        return pins.getOrDefault(node.name(), preferred);
    }

    private void assign(boolean strict) {
        for (Map.Entry<String, String> pin : pins.entrySet()) {
            if (graph.nodes().stream().noneMatch(node -> node.name().equals(pin.getKey()))) {
                throw new GraphException("pin " + pin.getKey() + "=" + pin.getValue() + ": got an unknown node \""
                        + pin.getKey() + "\", expected one of "
                        + graph.nodes().stream().map(Node::name).toList());
            }
            if (!devices.containsKey(pin.getValue())) {
                throw new GraphException("pin " + pin.getKey() + "=" + pin.getValue() + ": got an unknown device \""
                        + pin.getValue() + "\", expected one of " + devices.keySet());
            }
        }
        for (Node node : graph.nodes()) {
            String wanted = wanted(node);
            Optional<String> why = wanted.equals(DeviceDescription.REFERENCE)
                    ? Optional.empty()
                    : whyNot(node).or(() -> Optional.ofNullable(lacking.get(node.name())));
            if (why.isPresent()) {
                if (strict) {
                    throw new GraphException(
                            "node \"" + node.name() + "\" (" + node.op().title() + "): no kernel on " + wanted + ": "
                                    + why.get() + "; expected one, since strict");
                }
                refusals.put(
                        node.name(),
                        new Decision(
                                node.name(),
                                DeviceDescription.REFERENCE,
                                "java",
                                "no kernel on " + wanted + ": " + why.get(),
                                true));
                wanted = DeviceDescription.REFERENCE;
            }
            deviceOfNode.put(node.name(), wanted);
        }
    }

    /** Why no OpenCL kernel takes a node; empty if one does. */
    private Optional<String> whyNot(Node node) {
        List<String> values = new ArrayList<>(node.inputs());
        values.addAll(node.outputs());
        for (String name : values) {
            if (name.isEmpty()) {
                continue;
            }
            Value value = graph.value(name);
            if (value.type() != ElementType.FLOAT32) {
                return Optional.of("value " + name + " is " + value.type() + ", and its kernels take FLOAT32");
            }
            if (value.shape().elements() == 0) {
                return Optional.of("value " + name + " is empty");
            }
            if (value.shape().rank() > 5) {
                return Optional.of("value " + name + " has more than five axes");
            }
        }
        Optional<Quantizer> last =
                node.op() instanceof Lanewise.Quantize quantize ? Optional.of(quantize.to()) : node.quantizer();
        if (last.isPresent() && !isStored(node, last.get())) {
            return Optional.of("no kernel stores " + last.get().words());
        }
        boolean computed = switch (node.op()) {
            case Contraction op ->
                graph.constant(node.input(0)).isEmpty()
                        && (!op.epilogue().residual()
                                || graph.constant(node.input(3)).isEmpty());
            case Move.Concat op -> true;
            case Lanewise.Binary op -> true;
            case Lanewise.PRelu op -> true;
            case Lanewise op -> graph.constant(node.input(0)).isEmpty();
            case Pool op -> graph.constant(node.input(0)).isEmpty();
            case Normalization op -> graph.constant(node.input(0)).isEmpty();
            case Reduction op -> graph.constant(node.input(0)).isEmpty();
            case Move op -> graph.constant(node.input(0)).isEmpty();
        };
        if (!computed) {
            return Optional.of("its input is a constant");
        }
        return switch (node.op()) {
            case Contraction op -> ContractionLowering.whyNot(graph, node, op);
            case Lanewise.Unary op -> Optional.empty();
            case Lanewise.Binary op -> Optional.empty();
            case Lanewise.PRelu op -> Optional.empty();
            case Lanewise.Cast op -> Optional.of("conversions between element types have no kernel");
            case Lanewise.Quantize op -> Optional.empty();
            case Lanewise.Encode op -> Optional.of("codes leave the graph on the host");
            case Lanewise.Decode op -> Optional.of("codes enter the graph on the host");
            case Pool op -> Optional.empty();
            case Normalization.BatchNormalization op ->
                Optional.of("its statistics are no constants that fold into a neighbour");
            case Normalization.Lrn op -> Optional.empty();
            case Normalization.Softmax op ->
                AxisLowering.alongOneAxis(op, graph.value(node.input(0)).shape())
                        ? Optional.empty()
                        : Optional.of("it runs over several axes at once");
            case Reduction.Reduce op -> Optional.empty();
            case Reduction.ArgMax op -> Optional.of("indices have no kernel");
            case Move op -> Optional.empty();
        };
    }

    /** Whether a device can hold a node's output: as codes, or as numbers that its consumers make blocks of. */
    private boolean isStored(Node node, Quantizer last) {
        if (!(last instanceof Quantizer.BlockFloat block)) {
            return Held.of(last).isPresent();
        }
        return holdings.isRoundedByConsumers(node.output(), block)
                && graph.consumers(node.output()).stream()
                        .allMatch(consumer ->
                                whyNot(consumer).isEmpty() && wanted(consumer).equals(wanted(node)));
    }

    private Plan lower(MemoryMode memory) {
        Draft draft = new Draft(graph, deviceOfNode, sparse);
        Map<String, Integer> inputs = new LinkedHashMap<>();
        for (Value input : graph.inputs()) {
            inputs.put(
                    input.name(),
                    draft.define(input.name(), DeviceDescription.REFERENCE).id());
        }
        for (Node node : graph.nodes()) {
            int before = draft.steps().size();
            String device = deviceOfNode.get(node.name());
            if (device.equals(DeviceDescription.REFERENCE)) {
                evaluate(draft, node);
            } else {
                launch(draft, devices.get(device), node);
            }
            List<Step> steps = draft.steps().subList(before, draft.steps().size());
            findLacking(draft, node, steps);
            decide(draft, node, device, steps);
        }
        Map<String, Integer> outputs = new LinkedHashMap<>();
        for (Value output : graph.outputs()) {
            int before = draft.steps().size();
            outputs.put(
                    output.name(),
                    graph.constant(output.name()).isPresent()
                            ? -1
                            : draft.plain(output.name(), DeviceDescription.REFERENCE)
                                    .id());
            graph.producer(output.name())
                    .ifPresent(node -> findLacking(
                            draft,
                            node,
                            draft.steps().subList(before, draft.steps().size())));
        }
        return new Plan(
                1,
                graph.name(),
                List.copyOf(devices.values()),
                draft.stored(),
                regions(draft, inputs, outputs, memory),
                draft.packed(),
                draft.steps(),
                inputs,
                outputs,
                decisions,
                memory);
    }

    /** Notes a node one of whose launches its device cannot do. */
    private void findLacking(Draft draft, Node node, List<Step> steps) {
        for (Step step : steps) {
            if (step instanceof Step.Launch launch) {
                DeviceDescription device = devices.get(launch.device());
                device.fixedKernels()
                        .flatMap(fixed -> fixed.whyNot(launch.kernel()))
                        .or(() -> whyTooLarge(draft, device, launch))
                        .ifPresent(why -> lacking.putIfAbsent(node.name(), why));
            }
        }
    }

    private static Optional<String> whyTooLarge(Draft draft, DeviceDescription device, Step.Launch launch) {
        return new TreeMap<>(launch.arguments())
                .entrySet().stream()
                        .filter(argument -> bytes(draft, argument.getValue()) > device.maxAllocationBytes())
                        .map(argument -> "buffer " + argument.getKey() + " of "
                                + launch.kernel().spec() + ": got "
                                + bytes(draft, argument.getValue()) + " bytes, expected at most "
                                + device.maxAllocationBytes())
                        .findFirst();
    }

    private static long bytes(Draft draft, Step.Argument argument) {
        return switch (argument) {
            case Step.Argument.OfStored of -> draft.stored().get(of.id()).bytes();
            case Step.Argument.OfPacked of ->
                draft.packed().get(of.id()).packing().bytes();
            case Step.Argument.OfInt of -> 0;
            case Step.Argument.OfFloat of -> 0;
        };
    }

    private void evaluate(Draft draft, Node node) {
        List<Integer> from = node.inputs().stream()
                .map(input -> input.isEmpty() || graph.constant(input).isPresent()
                        ? -1
                        : draft.plain(input, DeviceDescription.REFERENCE).id())
                .toList();
        List<Integer> to = node.outputs().stream()
                .map(output -> draft.define(output, DeviceDescription.REFERENCE).id())
                .toList();
        draft.add(new Step.Evaluate(node.name(), from, to));
    }

    private static void launch(Draft draft, DeviceDescription device, Node node) {
        switch (node.op()) {
            case Contraction op -> new ContractionLowering(draft, device).lower(node, op);
            case Lanewise.Unary op -> new LanewiseLowering(draft, device).unary(node, op.function());
            case Lanewise.Binary op ->
                new LanewiseLowering(draft, device).binary(node, op.arithmetic().name());
            case Lanewise.PRelu op -> new LanewiseLowering(draft, device).binary(node, "PRELU");
            case Pool op -> new ImageLowering(draft, device).pool(node, op);
            case Normalization.Lrn op -> new ImageLowering(draft, device).lrn(node, op);
            case Normalization.Softmax op -> new AxisLowering(draft, device).softmax(node, op);
            case Reduction.Reduce op -> new AxisLowering(draft, device).reduce(node, op);
            case Move.Reshape op -> new MoveLowering(draft, device).reshape(node);
            case Move.Transpose op -> new MoveLowering(draft, device).transpose(node, op);
            case Move.Concat op -> new MoveLowering(draft, device).concat(node, op);
            case Move.Pad op -> new MoveLowering(draft, device).pad(node, op);
            case Lanewise.Cast op -> throw unplanned(node);
            case Lanewise.Quantize op -> {
                if (!Holdings.isDeferred(node)) {
                    new LanewiseLowering(draft, device).unary(node, Function.IDENTITY);
                }
            }
            case Lanewise.Encode op -> throw unplanned(node);
            case Lanewise.Decode op -> throw unplanned(node);
            case Normalization.BatchNormalization op -> throw unplanned(node);
            case Reduction.ArgMax op -> throw unplanned(node);
        }
    }

    private static IllegalStateException unplanned(Node node) {
        return new IllegalStateException("node " + node.name() + " was given to a device that refused it");
    }

    private void decide(Draft draft, Node node, String device, List<Step> steps) {
        Decision refusal = refusals.get(node.name());
        if (refusal != null) {
            decisions.add(refusal);
            return;
        }
        if (device.equals(DeviceDescription.REFERENCE)) {
            decisions.add(new Decision(node.name(), device, "java", "asked for", false));
            return;
        }
        Optional<Step.Launch> launch = steps.stream()
                .filter(Step.Launch.class::isInstance)
                .map(Step.Launch.class::cast)
                .filter(step -> step.node().equals(node.name()))
                .findFirst();
        Optional<String> decoded = whyDecoded(node);
        if (decoded.isPresent()) {
            decisions.add(new Decision(
                    node.name(),
                    device,
                    launch.map(step -> step.kernel().toString()).orElse("-"),
                    decoded.get() + ": its weights are decoded to f32",
                    true));
            return;
        }
        decisions.add(launch.map(
                        step -> new Decision(node.name(), device, step.kernel().toString(), why(draft, node), false))
                .orElseGet(() -> new Decision(node.name(), device, "-", "its bytes already lie as they must", false)));
    }

    /** Why weights that are not held as floats are made such before a launch; empty where they are not. */
    private Optional<String> whyDecoded(Node node) {
        if (!(node.op() instanceof Contraction op)) {
            return Optional.empty();
        }
        return graph.encoded(node.input(1)).flatMap(weights -> switch (weights) {
            case BlockCirculant blocks -> CirculantLowering.whyDecoded(blocks, op);
            case Coded codes -> whyCodesDecoded(node);
            case Sparse sparse -> whyCodesDecoded(node);
            case HuffmanCoded coded -> whyCodesDecoded(node);
            case Hashed hashed -> HashedLowering.whyDecoded(op);
            case Product product -> ProductLowering.whyDecoded(graph, node, op, product);
            case Floats floats -> Optional.empty();
        });
    }

    private Optional<String> whyCodesDecoded(Node node) {
        return holdings.pairing(node).decodes(graph, node)
                ? Optional.of("no kernel for how its activations and weights are held")
                : Optional.empty();
    }

    /** Why a node's kernel is the one it is. */
    private String why(Draft draft, Node node) {
        String form = draft.note(node).map(note -> "; " + note).orElse("");
        Optional<String> shared = node.op() instanceof Contraction
                ? HashedLowering.weights(graph, node)
                        .map(HashedLowering::why)
                        .or(() -> ProductLowering.weights(graph, node).map(ProductLowering::why))
                : Optional.empty();
        if (shared.isPresent()) {
            return shared.get();
        }
        if (!(node.op() instanceof Contraction) || graph.coded(node.input(1)).isEmpty()) {
            return form.isEmpty() ? "the only kernel for this operator" : form.substring(2);
        }
        if (graph.encoded(node.input(1)).get() instanceof BlockCirculant blocks) {
            return "its weights are circulant blocks of " + blocks.block();
        }
        Pairing pairing = holdings.pairing(node);
        return "activations held as " + pairing.x().format() + " meet weights held as " + pairing.w() + " in "
                + pairing.carrier() + form;
    }

    private List<Region> regions(
            Draft draft, Map<String, Integer> inputs, Map<String, Integer> outputs, MemoryMode memory) {
        int count = draft.regionCount();
        int[] first = new int[count];
        int[] last = new int[count];
        java.util.Arrays.fill(first, Integer.MAX_VALUE);
        java.util.Arrays.fill(last, -1);
        for (int step = 0; step < draft.steps().size(); step++) {
            for (int id : touched(draft.steps().get(step))) {
                int region = draft.stored().get(id).region();
                first[region] = Math.min(first[region], step);
                last[region] = Math.max(last[region], step);
            }
        }
        Set<Integer> ends = new LinkedHashSet<>(inputs.values());
        ends.addAll(outputs.values());
        ends.stream().filter(id -> id >= 0).forEach(id -> {
            int region = draft.stored().get(id).region();
            first[region] = 0;
            last[region] = draft.steps().size();
        });
        List<MemoryPlanner.Lifetime> lifetimes = IntStream.range(0, count)
                .mapToObj(region -> new MemoryPlanner.Lifetime(
                        draft.regionDevice(region),
                        draft.regionBytes(region),
                        first[region],
                        last[region],
                        devices.get(draft.regionDevice(region)).maxAllocationBytes()))
                .toList();
        return MemoryPlanner.place(lifetimes, memory);
    }

    private static List<Integer> touched(Step step) {
        return switch (step) {
            case Step.Launch launch ->
                launch.arguments().values().stream()
                        .filter(Step.Argument.OfStored.class::isInstance)
                        .map(argument -> ((Step.Argument.OfStored) argument).id())
                        .toList();
            case Step.Transfer transfer -> List.of(transfer.from(), transfer.to());
            case Step.Evaluate evaluate -> {
                List<Integer> ids = new ArrayList<>(evaluate.inputs());
                ids.addAll(evaluate.outputs());
                ids.removeIf(id -> id < 0);
                yield ids;
            }
        };
    }
}
