// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.encoding.BlockCirculant;
import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Encoded;
import dev.inlay.encoding.Floats;
import dev.inlay.encoding.Hashed;
import dev.inlay.encoding.HuffmanCoded;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Product;
import dev.inlay.encoding.Quantizer;
import dev.inlay.encoding.Sparse;
import dev.inlay.graph.CodedForm;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Move;
import dev.inlay.graph.Node;
import dev.inlay.graph.OperationCount;
import dev.inlay.graph.Value;
import dev.inlay.tensor.Shape;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What a node asks of whatever device computes it, in the formats in which the graph holds its operands.
 *
 * @param node its name
 * @param format of the operands, {@code u8*s4}, with how the weights are held where not each by itself:
 *     {@code u8*s4 sparse}
 * @param multiply what it does most; {@link MultiplyAdd#F32} for all that is no contraction
 * @param extents of a contraction
 * @param operations additions and multiplications that its kernel does, a multiply-add being 2; weights that are zero
 *     are left out where they are held as sparse
 * @param density of its weights: the share that is multiplied, above 0 to 1
 * @param weightBytes as the weights are held, with scales, places and tables
 * @param readBytes of activations
 * @param writtenBytes of activations
 */
public record LayerWork(
        String node,
        String format,
        MultiplyAdd multiply,
        Optional<Extents> extents,
        long operations,
        double density,
        long weightBytes,
        long readBytes,
        long writtenBytes) {
    /**
     * The extents of a contraction.
     *
     * @param groups contracted apart
     * @param outputs channels of a group
     * @param channels contracted in a group
     * @param rows of the window, 1 of a matrix
     * @param columns of the window, 1 of a matrix
     * @param pixels at which the outputs are computed, those of all images of a batch
     * @param stride of the window, the larger of its two
     * @param terms of the weights, each contracted by itself
     */
    public record Extents(
            long groups, long outputs, long channels, long rows, long columns, long pixels, int stride, int terms) {
        private Extents batched(long samples) {
            return new Extents(groups, outputs, channels, rows, columns, pixels * samples, stride, terms);
        }

        /** Whether the window moves by one. */
        public boolean isUnit() {
            return stride == 1;
        }

        /** Multiply-adds when none is left out. */
        public long multiplyAdds() {
            return groups * outputs * channels * rows * columns * pixels * terms;
        }
    }

    /** Bytes read and written once. */
    public long bytes() {
        return weightBytes + readBytes + writtenBytes;
    }

    /**
     * The same contraction of floats when its operands, and what it writes, have other bits; all that is no contraction
     * stays.
     *
     * @param changed what it does for each activation and weight
     */
    public LayerWork with(MultiplyAdd changed) {
        if (extents.isEmpty()) {
            return this;
        }
        return new LayerWork(
                node,
                changed.toString(),
                changed,
                extents,
                operations,
                density,
                weightBytes * changed.wBits() / multiply.wBits(),
                readBytes * changed.xBits() / multiply.xBits(),
                writtenBytes * changed.xBits() / multiply.xBits());
    }

    /** The same for so many times as many samples. */
    public LayerWork batched(long samples) {
        return new LayerWork(
                node,
                format,
                multiply,
                extents.map(each -> each.batched(samples)),
                operations * samples,
                density,
                weightBytes,
                readBytes * samples,
                writtenBytes * samples);
    }

    /** The same contraction when only a share of its weights is not zero and the others are not held. */
    public LayerWork withDensity(double changed) {
        double share = changed / density;
        return new LayerWork(
                node,
                format,
                multiply,
                extents,
                Math.round(operations * share),
                changed,
                Math.round(weightBytes * share),
                readBytes,
                writtenBytes);
    }

    /** The same as a step of the carrier. */
    public Work work() {
        return new Work(multiply.carrier().label(), operations, bytes());
    }

    /** The work of every node that computes, in the order of the graph; moves are none. */
    public static List<LayerWork> of(Graph graph) {
        return graph.nodes().stream()
                .filter(node -> !(node.op() instanceof Move))
                .map(node -> of(graph, node))
                .toList();
    }

    /** The work of contractions alone. */
    public static List<LayerWork> contractions(Graph graph) {
        return of(graph).stream().filter(work -> work.extents().isPresent()).toList();
    }

    private static LayerWork of(Graph graph, Node node) {
        long written = bytes(node.outputs().stream().map(graph::value).toList());
        List<Value> reads = Set.copyOf(node.inputs()).stream()
                .filter(name -> !name.isEmpty() && !graph.isConstant(name))
                .map(graph::value)
                .toList();
        long constants = node.inputs().stream()
                .distinct()
                .filter(graph::isConstant)
                .mapToLong(name -> constantBytes(graph, name))
                .sum();
        if (!(node.op() instanceof Contraction op)) {
            long operations = OperationCount.of(graph, node);
            return new LayerWork(
                    node.name(),
                    "",
                    MultiplyAdd.F32,
                    Optional.empty(),
                    operations,
                    1,
                    constants,
                    bytes(reads),
                    written);
        }
        Optional<Encoded> weights = graph.encoded(node.input(1));
        MultiplyAdd multiply = multiply(graph, node);
        Extents extents = extents(graph, node, op);
        long dense = OperationCount.dense(graph, node);
        long products = 2 * extents.multiplyAdds() / extents.terms();
        double density = weights.map(Encoded::density).orElse(1.0);
        double share = weights.map(held -> share(held, extents)).orElse(density);
        return new LayerWork(
                node.name(),
                format(graph, node, op, weights),
                multiply,
                Optional.of(extents),
                dense - products + Math.round(products * extents.terms() * share),
                density,
                constants,
                bytes(reads),
                written);
    }

    /** Multiply-adds over those of dense weights of one term. */
    private static double share(Encoded weights, Extents extents) {
        if (!(weights instanceof BlockCirculant circulant)) {
            return weights.density();
        }
        // A real transform of b numbers by its matrix, as the kernels do it: 2 b² operations for each block.
        double block = circulant.block();
        double in = (double) circulant.inputBlocks() * 2 * block * block;
        double out =
                circulant.outputBlocks() * (4 * block * circulant.inputBlocks() * circulant.taps() + 2 * block * block);
        double direct = 2.0 * extents.outputs() * extents.channels() * extents.rows() * extents.columns();
        return Math.min(1, (in + out) / direct);
    }

    private static MultiplyAdd multiply(Graph graph, Node node) {
        Optional<CodedForm> form = CodedForm.of(graph, node);
        Optional<Quantizer> x = graph.value(node.input(0)).quantizer();
        if (form.isEmpty() || x.isEmpty()) {
            return MultiplyAdd.F32;
        }
        int wBits = form.get().terms().stream()
                .mapToInt(term -> term.levels().bits())
                .max()
                .orElseThrow();
        boolean powers = form.get().terms().stream().allMatch(term -> term.levels() instanceof Levels.Logarithmic);
        int xBits = bits(x.get());
        return new MultiplyAdd(powers ? MultiplyAdd.Kind.SHIFT : MultiplyAdd.Kind.INTEGER, xBits, wBits);
    }

    private static int bits(Quantizer quantizer) {
        return switch (quantizer) {
            case Quantizer.Uniform uniform -> uniform.levels().bits();
            case Quantizer.BlockFloat block -> block.mantissaBits();
        };
    }

    private static String format(Graph graph, Node node, Contraction op, Optional<Encoded> weights) {
        String how = weights.map(held -> switch (held) {
                    case Coded coded -> "";
                    case Floats floats -> "";
                    case Sparse sparse -> " sparse";
                    case BlockCirculant circulant -> " circulant";
                    case HuffmanCoded huffman -> " huffman";
                    case Hashed hashed -> " hashed";
                    case Product product -> " product";
                })
                .orElse("");
        return graph.isConstant(node.input(1)) ? Pairing.of(graph, node, op).pair() + how : "f32*f32";
    }

    private static Extents extents(Graph graph, Node node, Contraction op) {
        Shape x = graph.value(node.input(0)).shape();
        Shape w = graph.value(node.input(1)).shape();
        Shape y = graph.value(node.output()).shape();
        int terms =
                graph.coded(node.input(1)).map(coded -> coded.terms().size()).orElse(1);
        return switch (op) {
            case Contraction.Conv conv ->
                new Extents(
                        conv.groups(),
                        w.extent(0) / conv.groups(),
                        w.extent(1),
                        w.extent(2),
                        w.extent(3),
                        y.extent(0) * y.elements(2, 4),
                        Math.max(conv.window().rowStride(), conv.window().columnStride()),
                        terms);
            case Contraction.Gemm gemm ->
                new Extents(1, y.extent(1), w.elements() / Math.max(1, y.extent(1)), 1, 1, y.extent(0), 1, terms);
            case Contraction.MatMul matMul -> {
                long outputs = w.rank() == 1 ? 1 : w.extent(-1);
                yield new Extents(1, outputs, x.extent(-1), 1, 1, y.elements() / Math.max(1, outputs), 1, terms);
            }
        };
    }

    private static long constantBytes(Graph graph, String name) {
        return graph.encoded(name)
                .map(codes -> Math.ceilDiv(codes.bits(), (long) Byte.SIZE))
                .orElseGet(() -> Objects.requireNonNull(graph.constants().get(name))
                        .data()
                        .byteSize());
    }

    private static long bytes(List<Value> values) {
        return values.stream().mapToLong(LayerWork::bytes).sum();
    }

    private static long bytes(Value value) {
        long elements = value.shape().elements();
        return value.quantizer()
                .map(quantizer -> Math.ceilDiv(elements * bits(quantizer), (long) Byte.SIZE))
                .orElseGet(() -> elements * value.type().bytes());
    }
}
