// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

import dev.inlay.backend.opencl.OpenClDevice;
import dev.inlay.backend.opencl.binding.ClBuffer;
import dev.inlay.backend.opencl.binding.Sync;
import dev.inlay.encoding.BlockCirculant;
import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Encoded;
import dev.inlay.encoding.Floats;
import dev.inlay.encoding.Hashed;
import dev.inlay.encoding.HuffmanCoded;
import dev.inlay.encoding.Packing;
import dev.inlay.encoding.Product;
import dev.inlay.encoding.Sparse;
import dev.inlay.graph.Graph;
import dev.inlay.plan.PackedConstant;
import dev.inlay.plan.Plan;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** The packed constants of one session on one device. */
final class DeviceWeights implements AutoCloseable {
    private final OpenClDevice device;
    private final Map<Integer, ClBuffer> buffers = new HashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    DeviceWeights(OpenClDevice device, Graph graph, Plan plan) {
        this.device = device;
        try {
            for (PackedConstant constant : plan.packed()) {
                if (constant.device().equals(device.description().id())) {
                    upload(constant, graph);
                }
            }
        } catch (RuntimeException | Error e) {
            Closing.after(e, List.of(this));
            throw e;
        }
    }

    private void upload(PackedConstant constant, Graph graph) {
        Packing packing = constant.packing();
        Arena arena = Arena.ofShared();
        try {
            MemorySegment packed = arena.allocate(packing.bytes(), Tensor.ALIGNMENT);
            packing.pack(source(packing, graph), packed);
            device.call("upload of " + packing.constant(), () -> {
                ClBuffer buffer = device.buffer(packing.bytes());
                buffers.put(constant.id(), buffer);
                return device.api().write(device.queue(), buffer, 0, packed, true, Sync.NONE);
            });
        } finally {
            device.free(arena::close);
        }
    }

    private static Optional<Tensor> source(Packing packing, Graph graph) {
        Optional<Coded.Term> term =
                graph.coded(packing.constant()).map(codes -> codes.terms().get(packing.term()));
        return switch (packing.source()) {
            case NUMBERS -> graph.constant(packing.constant());
            case LEVELS -> term.map(Coded.Term::integerLevels);
            case CODES -> term.map(Coded.Term::codes);
            case SCALES -> term.map(codes -> codes.scales().values());
            case PLACES ->
                graph.encoded(packing.constant())
                        .filter(Product.class::isInstance)
                        .map(weights -> ((Product) weights).places());
            case SHARED -> graph.encoded(packing.constant()).flatMap(DeviceWeights::shared);
        };
    }

    /** The numbers that weights share. */
    private static Optional<Tensor> shared(Encoded weights) {
        return switch (weights) {
            case BlockCirculant blocks -> Optional.of(blocks.vectors().decode());
            case Hashed hashed -> Optional.of(hashed.buckets());
            case Product product -> Optional.of(product.centroids());
            case Coded codes -> Optional.empty();
            case Floats floats -> Optional.empty();
            case Sparse sparse -> Optional.empty();
            case HuffmanCoded huffman -> shared(huffman.of());
        };
    }

    OpenClDevice device() {
        return device;
    }

    ClBuffer buffer(int packed) {
        return buffers.get(packed);
    }

    /** Gives the buffers back; closing twice does nothing. */
    @Override
    public void close() {
        if (!closed.getAndSet(true)) {
            device.release("release of weights", () -> {
                List<ClBuffer> all = List.copyOf(buffers.values());
                buffers.clear();
                return all;
            });
        }
    }
}
