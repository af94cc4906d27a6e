// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.encoding.Packing;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.graph.Value;
import dev.inlay.tensor.NumberFormat;
import dev.inlay.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A plan in the making: knows where each value is stored so far, and adds transfers and conversions on demand. */
final class Draft {
    private final Graph graph;
    private final Map<String, String> deviceOfNode;
    private final List<Stored> stored = new ArrayList<>();
    private final List<long[]> regions = new ArrayList<>();
    private final List<String> regionDevices = new ArrayList<>();
    private final List<PackedConstant> packed = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final Map<String, Stored> homes = new HashMap<>();
    private final Map<String, Stored> plains = new HashMap<>();

    Draft(Graph graph, Map<String, String> deviceOfNode) {
        this.graph = graph;
        this.deviceOfNode = deviceOfNode;
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

    /** The layout in which a device keeps a value: images channels-last with the halo its convolutions read. */
    Layout homeLayout(String value, String device) {
        Shape shape = graph.value(value).shape();
        if (device.equals(DeviceDescription.REFERENCE) || shape.rank() != 4) {
            return Layout.PLAIN;
        }
        Layout.Halo halo = Layout.Halo.NONE;
        for (Node consumer : graph.consumers(value)) {
            if (consumer.op() instanceof Contraction.Conv conv
                    && consumer.input(0).equals(value)
                    && device.equals(deviceOfNode.get(consumer.name()))) {
                halo = halo.union(new Layout.Halo(
                        conv.window().top(),
                        conv.window().left(),
                        conv.window().bottom(),
                        conv.window().right()));
            }
        }
        return Layout.channelsLast(halo);
    }

    /** A value in its home layout on a device, brought there if it is elsewhere. */
    Stored home(String value, String device) {
        Stored known = homes.get(key(value, device));
        if (known != null) {
            return known;
        }
        Stored plain = plain(value, device);
        Layout layout = homeLayout(value, device);
        if (layout.halo().isNone() && plain.isPlain() && layout.isPlainMemory(plain.shape(), plain.format())) {
            Stored view =
                    new Stored(stored.size(), value, device, plain.format(), plain.shape(), layout, plain.region());
            stored.add(view);
            homes.put(key(value, device), view);
            return view;
        }
        Stored home = define(value, device);
        copy(value, plain, plain.strides(), plain.base(), home, home.strides(), home.base(), plain.shape());
        return home;
    }

    /** A value whose bytes are those of a plain tensor, on a device or the host. */
    Stored plain(String value, String device) {
        Stored home = homes.get(key(value, device));
        if (home != null && home.isPlain()) {
            return home;
        }
        Stored known = plains.get(key(value, device));
        if (known != null) {
            return known;
        }
        Stored plain;
        if (home != null) {
            plain = store(value, device, Layout.PLAIN);
            copy(value, home, home.strides(), home.base(), plain, plain.strides(), 0, plain.shape());
        } else {
            Stored source = device.equals(DeviceDescription.REFERENCE)
                    ? plain(value, holder(value))
                    : plain(value, DeviceDescription.REFERENCE);
            plain = store(value, device, Layout.PLAIN);
            String mover = plain.onHost() ? source.device() : device;
            add(new Step.Transfer(mover, source.id(), plain.id(), plain.bytes()));
        }
        plains.put(key(value, device), plain);
        return plain;
    }

    private String holder(String value) {
        return homes.values().stream()
                .filter(home -> home.value().equals(value))
                .map(Stored::device)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("value " + value + " is not stored anywhere yet"));
    }

    /** Room for a value about to be produced, in its home layout with its halo filled. */
    Stored define(String value, String device) {
        Stored home = store(value, device, homeLayout(value, device));
        homes.put(key(value, device), home);
        fillHalo(home);
        return home;
    }

    /** Room for a value about to be produced whose producer fills the halo itself. */
    Stored defineUnfilled(String value, String device) {
        Stored home = store(value, device, homeLayout(value, device));
        homes.put(key(value, device), home);
        return home;
    }

    /** A second view of a region in plain layout: same bytes, another value and shape. */
    void alias(String value, Stored source) {
        Value target = graph.value(value);
        Stored view = new Stored(
                stored.size(), value, source.device(), source.format(), target.shape(), Layout.PLAIN, source.region());
        stored.add(view);
        plains.put(key(value, source.device()), view);
        home(value, source.device());
    }

    private Stored store(String value, String device, Layout layout) {
        Value logical = graph.value(value);
        NumberFormat format = NumberFormat.of(logical.type());
        Stored room = new Stored(stored.size(), value, device, format, logical.shape(), layout, regions.size());
        stored.add(room);
        regions.add(new long[] {Math.max(64, room.bytes())});
        regionDevices.add(device);
        return room;
    }

    private static String key(String value, String device) {
        return device + '\n' + value;
    }

    /** Fills the halo of an image with zero. */
    void fillHalo(Stored image) {
        Layout.Halo halo = image.layout().halo();
        if (halo.isNone()) {
            return;
        }
        Shape shape = image.shape();
        long[] strides = image.strides();
        long width = halo.left() + shape.extent(3) + halo.right();
        long pixels = (halo.top() + halo.bottom()) * width + shape.extent(2) * (halo.left() + halo.right());
        add(new LaunchBuilder("move.halo")
                .stored("y", image)
                .set("channels", strides[3])
                .set("rows", shape.extent(2))
                .set("columns", shape.extent(3))
                .set("top", halo.top())
                .set("left", halo.left())
                .set("right", halo.right())
                .set("bottom", halo.bottom())
                .set("y_image", strides[0])
                .set("y_line", strides[2])
                .set("y_pixel", strides[3])
                .set("value", 0f)
                .lanes(strides[3], pixels, shape.extent(0))
                .work("f32", 0, image.format().bytes(pixels * strides[3] * shape.extent(0)))
                .on(image.device(), image.value()));
    }

    /** Copies a box of elements between two places on one device; strides are given along the axes of {@code box}. */
    void copy(String node, Stored x, long[] xStrides, long xBase, Stored y, long[] yStrides, long yBase, Shape box) {
        copy(node, new Step.Argument.OfStored(x.id(), xBase), xStrides, y, yStrides, yBase, box);
    }

    void copy(String node, Step.Argument x, long[] xStrides, Stored y, long[] yStrides, long yBase, Shape box) {
        Box index = Box.of(box.toArray(), List.of(xStrides, yStrides), 5)
                .orElseThrow(() -> new IllegalStateException("copy of " + box + " has more than five axes"));
        if (box.elements() == 0) {
            return;
        }
        add(new LaunchBuilder("move.copy")
                .argument("x", x)
                .stored("y", y, yBase)
                .set("e1", index.extent(1))
                .set("e2", index.extent(2))
                .set("e4", index.extent(4))
                .strides("x", index.strides().getFirst())
                .strides("y", index.strides().getLast())
                .lanes(index.extent(4), index.extent(3), (long) index.extent(2) * index.extent(1) * index.extent(0))
                .work("f32", 0, 2 * y.format().bytes(box.elements()))
                .on(y.device(), node));
    }
}
