// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.encoding.Packing;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.graph.Value;
import dev.inlay.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A plan in the making: knows where each value is stored so far, and adds transfers and conversions on demand. */
final class Draft {
    private final Graph graph;
    private final List<Stored> stored = new ArrayList<>();
    private final List<long[]> regions = new ArrayList<>();
    private final List<String> regionDevices = new ArrayList<>();
    private final List<PackedConstant> packed = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final Map<String, Stored> homes = new HashMap<>();
    private final Map<String, Stored> plains = new HashMap<>();
    private final Map<String, Stored> compacts = new HashMap<>();
    private final Map<String, Stored> operands = new HashMap<>();
    private final Map<String, Stored> pixels = new HashMap<>();
    private final Map<String, String> notes = new HashMap<>();
    private final Holdings holdings;
    private final SparseRule sparse;

    Draft(Graph graph, Map<String, String> deviceOfNode, SparseRule sparse) {
        this.graph = graph;
        this.sparse = sparse;
        this.holdings = new Holdings(graph, deviceOfNode);
    }

    Graph graph() {
        return graph;
    }

    List<Stored> stored() {
        return stored;
    }

    List<PackedConstant> packed() {
        return packed;
    }

    List<Step> steps() {
        return steps;
    }

    int regionCount() {
        return regions.size();
    }

    String regionDevice(int region) {
        return regionDevices.get(region);
    }

    long regionBytes(int region) {
        return regions.get(region)[0];
    }

    /** When weights of a node that are zero are left out. */
    SparseUse sparse(Node node) {
        return sparse.use(node);
    }

    /** Keeps why a node runs as it does. */
    void note(Node node, String why) {
        notes.put(node.name(), why);
    }

    /** Why a node runs as it does, where that was a choice. */
    Optional<String> note(Node node) {
        return Optional.ofNullable(notes.get(node.name()));
    }

    void add(Step step) {
        steps.add(step);
    }

    /** Uploads a constant in a packed form, once for each device. */
    int pack(String device, Packing packing) {
        for (PackedConstant constant : packed) {
            if (constant.device().equals(device) && constant.packing().equals(packing)) {
                return constant.id();
            }
        }
        packed.add(new PackedConstant(packed.size(), device, packing));
        return packed.size() - 1;
    }

    /** How a device holds a value. */
    Held held(String value, String device) {
        return holdings.held(value, device);
    }

    Pairing pairing(Node node) {
        return holdings.pairing(node);
    }

    /** A value in its home layout on a device, brought there if it is elsewhere. */
    Stored home(String value, String device) {
        return home(value, device, held(value, device));
    }

    /** A value in its home layout, held in a given way: as codes or as real numbers. */
    Stored home(String value, String device, Held held) {
        Stored known = homes.get(key(value, device, held));
        if (known != null) {
            return known;
        }
        Stored source = held.isReal()
                ? codesOf(value, device).orElseGet(() -> plain(value, device))
                : Optional.ofNullable(compacts.get(key(value, device))).orElseGet(() -> plain(value, device));
        Layout layout = holdings.layout(value, device, held);
        if (source.held().equals(held)
                && layout.halo().isNone()
                && source.isPlain()
                && layout.isPlainMemory(source.shape(), source.format())) {
            Stored view =
                    new Stored(stored.size(), value, device, source.held(), source.shape(), layout, source.region());
            stored.add(view);
            homes.put(key(value, device, held), view);
            return view;
        }
        Stored home = define(value, device, held);
        copy(value, source, source.strides(), source.base(), home, home.strides(), home.base(), source.shape());
        return home;
    }

    /** A value in its home layout, held so that kernels compute with single elements of it. */
    Stored arithmetic(String value, String device) {
        Held held = held(value, device);
        return home(value, device, held.isArithmetic() ? held : Held.REAL);
    }

    /**
     * The activations of a contraction as its kernel reads them: the value's home where that suits, otherwise what
     * {@code move.encode} makes of it.
     */
    Stored operand(Node node, String device) {
        String value = node.input(0);
        Pairing pairing = pairing(node);
        Holdings.Need need = holdings.need(node);
        Held held = held(value, device);
        if (need.suitsHome() && (pairing.x().isReal() || pairing.x().equals(held))) {
            return home(value, device, pairing.x());
        }
        Layout layout = holdings.layout(value, device, need);
        String key = key(value, device) + '\n' + pairing.x() + layout;
        Stored known = operands.get(key);
        if (known == null) {
            String source = holdings.source(value);
            Stored from = arithmetic(source, device);
            known = store(value, device, layout, pairing.x());
            operands.put(key, known);
            add(Encoding.of(from, known, need.groups()));
        }
        return known;
    }

    /**
     * Real numbers of an image as {@code [image][channel][row][column]} with a halo of zeros. Its shape is that of
     * images of one channel.
     */
    Stored pixels(String value, String device, Layout.Halo halo) {
        return pixels.computeIfAbsent(key(value, device) + '\n' + halo, key -> {
            Stored source = Optional.ofNullable(homes.get(key(value, device, Held.REAL)))
                    .orElseGet(() -> plain(value, device));
            Shape shape = source.shape();
            if (halo.isNone() && source.isPlain()) {
                return source;
            }
            Shape planes = Shape.of(shape.extent(0) * shape.extent(1), 1, shape.extent(2), shape.extent(3));
            Stored room = room(value, device, Layout.channelsLast(halo, 1), Held.REAL, planes);
            fillHalo(room);
            long[] strides = room.strides();
            copy(
                    value,
                    source,
                    source.strides(),
                    source.base(),
                    room,
                    new long[] {shape.extent(1) * strides[0], strides[0], strides[2], strides[3]},
                    room.base(),
                    shape);
            return room;
        });
    }

    /** The codes of a value that is held as such on a device. */
    private Optional<Stored> codesOf(String value, String device) {
        Held codes = held(value, device);
        return codes.isReal()
                ? Optional.empty()
                : Optional.ofNullable(homes.get(key(value, device, codes)))
                        .or(() -> Optional.ofNullable(compacts.get(key(value, device))));
    }

    /** A value whose bytes are those of a plain tensor, on a device or the host. */
    Stored plain(String value, String device) {
        Held real = Held.as(graph.value(value).type());
        Stored home = homes.get(key(value, device, real));
        if (home != null && home.isPlain()) {
            return home;
        }
        Stored known = plains.get(key(value, device));
        if (known != null) {
            return known;
        }
        Optional<Stored> here = Optional.ofNullable(home).or(() -> codesOf(value, device));
        Stored plain;
        if (here.isPresent()) {
            Stored from = here.get();
            plain = store(value, device, Layout.PLAIN, real);
            copy(value, from, from.strides(), from.base(), plain, plain.strides(), 0, plain.shape());
        } else {
            Stored source = device.equals(DeviceDescription.REFERENCE)
                    ? plain(value, holder(value))
                    : plain(value, DeviceDescription.REFERENCE);
            plain = store(value, device, Layout.PLAIN, real);
            String mover = plain.onHost() ? source.device() : device;
            add(new Step.Transfer(mover, source.id(), plain.id(), plain.bytes()));
        }
        plains.put(key(value, device), plain);
        return plain;
    }

    /** A value held as a device holds it, element after element in ONNX's order. */
    Stored compact(String value, String device) {
        Held held = held(value, device);
        if (held.isReal()) {
            return plain(value, device);
        }
        Stored home = home(value, device);
        if (home.isPlain()) {
            return home;
        }
        return compacts.computeIfAbsent(key(value, device), key -> {
            Stored compact = store(value, device, Layout.PLAIN, held);
            copy(value, home, home.strides(), home.base(), compact, compact.strides(), 0, compact.shape());
            return compact;
        });
    }

    private String holder(String value) {
        return Stream.concat(homes.values().stream(), compacts.values().stream())
                .filter(home -> home.value().equals(value))
                .map(Stored::device)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("value " + value + " is not stored anywhere yet"));
    }

    /** Room for a value about to be produced, in its home layout with its halo filled. */
    Stored define(String value, String device) {
        return define(value, device, held(value, device));
    }

    private Stored define(String value, String device, Held held) {
        Stored home = store(value, device, holdings.layout(value, device, held), held);
        homes.put(key(value, device, held), home);
        fillHalo(home);
        return home;
    }

    /** Room for a value about to be produced whose producer fills the halo itself. */
    Stored defineUnfilled(String value, String device) {
        Held held = held(value, device);
        Stored home = store(value, device, holdings.layout(value, device, held), held);
        homes.put(key(value, device, held), home);
        return home;
    }

    /**
     * Room for what a kernel produces that has no other formats than one; {@link #finish} makes the value of it. Where
     * the value is held so that room is the value's own.
     */
    Stored define(String value, String device, Held written, boolean counts) {
        if (!counts && held(value, device).equals(written)) {
            return define(value, device);
        }
        Layout layout =
                graph.value(value).shape().rank() == 4 ? Layout.channelsLast(Layout.Halo.NONE, 1) : Layout.PLAIN;
        return store(value, device, layout, written);
    }

    /** Room for real numbers. */
    Stored defineReal(String value, String device) {
        return define(value, device, Held.REAL, false);
    }

    /** Room for real numbers that lie in ONNX's order; {@link #finish} makes the value of them. */
    Stored definePlain(String value, String device) {
        boolean home =
                graph.value(value).shape().rank() != 4 && held(value, device).equals(Held.REAL);
        return home ? define(value, device) : store(value, device, Layout.PLAIN, Held.REAL);
    }

    /** Room for what a kernel produces that computes with single elements. */
    Stored defineArithmetic(String value, String device) {
        Held held = held(value, device);
        return define(value, device, held.isArithmetic() ? held : Held.REAL, false);
    }

    /** Makes a value of what was written, where that is not it already. */
    void finish(String value, Stored written) {
        finish(value, written, false);
    }

    /**
     * Makes a value of what was written.
     *
     * @param counts whether the numbers count the value's steps
     */
    void finish(String value, Stored written, boolean counts) {
        Held held = held(value, written.device());
        if (homes.get(key(value, written.device(), held)) == null) {
            Stored home = define(value, written.device());
            Held from = written.held();
            Held to = counts ? held.withStep(1) : held;
            copy(
                    value,
                    new Step.Argument.OfStored(written.id(), written.base()),
                    from,
                    written.strides(),
                    home,
                    to,
                    home.strides(),
                    home.base(),
                    written.shape());
        }
    }

    /** A second view of a region in plain layout: same bytes, another value and shape. */
    void alias(String value, Stored source) {
        Value target = graph.value(value);
        Stored view = new Stored(
                stored.size(), value, source.device(), source.held(), target.shape(), Layout.PLAIN, source.region());
        stored.add(view);
        (source.held().isReal() ? plains : compacts).put(key(value, source.device()), view);
        home(value, source.device());
    }

    private Stored store(String value, String device, Layout layout, Held held) {
        return room(value, device, layout, held, graph.value(value).shape());
    }

    /**
     * Room for numbers that a kernel makes of a value for the next one.
     *
     * @param shape of the numbers, an image that lies channels-last
     */
    Stored scratch(String value, String device, Shape shape) {
        return room(value, device, Layout.channelsLast(Layout.Halo.NONE, 1), Held.REAL, shape);
    }

    private Stored room(String value, String device, Layout layout, Held held, Shape shape) {
        Stored room = new Stored(stored.size(), value, device, held, shape, layout, regions.size());
        stored.add(room);
        regions.add(new long[] {Math.max(64, room.bytes())});
        regionDevices.add(room.device());
        return room;
    }

    private static String key(String value, String device) {
        return device + '\n' + value;
    }

    private static String key(String value, String device, Held held) {
        return key(value, device) + '\n' + held.format();
    }

    /** Fills the halo of an image with zero. */
    void fillHalo(Stored image) {
        MoveLaunches.halo(image).ifPresent(this::add);
    }

    /**
     * Copies a box of elements between two places on one device, from how they are held in one to how they are held in
     * the other; strides are given along the axes of {@code box}.
     */
    void copy(String node, Stored x, long[] xStrides, long xBase, Stored y, long[] yStrides, long yBase, Shape box) {
        copy(node, new Step.Argument.OfStored(x.id(), xBase), x.held(), xStrides, y, y.held(), yStrides, yBase, box);
    }

    void copy(
            String node,
            Step.Argument x,
            Held held,
            long[] xStrides,
            Stored y,
            Held to,
            long[] yStrides,
            long yBase,
            Shape box) {
        MoveLaunches.copy(node, x, held, xStrides, y, to, yStrides, yBase, box).ifPresent(this::add);
    }
}
