// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.published;

import dev.inlay.UsageException;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Value;
import dev.inlay.plan.LayerWork;
import dev.inlay.plan.MultiplyAdd;
import dev.inlay.plan.model.BoardModel;
import dev.inlay.plan.model.Design;
import dev.inlay.plan.model.DesignSearch;
import dev.inlay.plan.model.Estimate;
import dev.inlay.plan.model.PipelineModel;
import dev.inlay.profile.DeviceClass;
import dev.inlay.profile.DeviceProfile;
import dev.inlay.profile.ProfileCatalog;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import dev.inlay.tools.zoo.Zoo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A run on a board, as a publication gives it.
 *
 * @param board id of a profile
 * @param network of the zoo; empty for a product of matrices
 * @param edge of square matrices; absent for a network
 * @param batch images of a run; 1 where absent
 * @param contractions whether only convolutions and matrix products are counted
 * @param convolutions whether only convolutions are
 * @param format of the operands: {@code f32}, {@code s16}, or bits of activations by bits of weights, as {@code 8x2}
 * @param density of the weights; 1 where absent
 * @param design of an FPGA
 */
public record Run(
        String board,
        Optional<String> network,
        Optional<Integer> edge,
        Optional<Integer> batch,
        boolean contractions,
        boolean convolutions,
        String format,
        OptionalDouble density,
        Optional<GivenDesign> design) {
    /** Work of one sample of every network that was asked for: building one takes seconds. */
    private static final Map<String, List<LayerWork>> WORKS = new ConcurrentHashMap<>();

    /**
     * What a publication gives of a design.
     *
     * @param vec as {@link Design.Array}; absent, with the two others, where the search chooses
     * @param lane as {@link Design.Array}
     * @param columns as {@link Design.Array}; 1 where absent
     * @param megahertz its clock
     * @param block edge of the block of outputs on the chip; absent where operands are read once
     * @param bytesPerCycle that its ports take; absent where memory is slower
     */
    public record GivenDesign(
            Optional<Integer> vec,
            Optional<Integer> lane,
            Optional<Integer> columns,
            double megahertz,
            Optional<Integer> block,
            OptionalDouble bytesPerCycle) {
        private Design of(DeviceProfile profile, MultiplyAdd multiply, List<LayerWork> contractions) {
            if (vec.isEmpty() || lane.isEmpty()) {
                return DesignSearch.of(profile, contractions, megahertz);
            }
            Design.Buffers buffers = new Design.Buffers(
                    block.orElse(0), block.isEmpty(), bytesPerCycle.orElse(Double.POSITIVE_INFINITY));
            Design.Array array = new Design.Array(multiply, vec.get(), lane.get(), columns.orElse(1));
            return new Design(List.of(array), megahertz, buffers, Map.of());
        }
    }

    /** The model's estimate. */
    Estimate estimate() {
        List<LayerWork> layers = layers();
        DeviceProfile profile = ProfileCatalog.shipped().board(board);
        List<LayerWork> contracting =
                layers.stream().filter(work -> work.extents().isPresent()).toList();
        BoardModel model = profile.deviceClass() == DeviceClass.FPGA && design.isPresent()
                ? new PipelineModel(profile, Optional.of(design.get().of(profile, multiply(), contracting)))
                : BoardModel.of(profile)
                        .orElseThrow(() -> new UsageException(
                                "profile: got \"" + board + "\", expected one with the figures that a model needs"));
        return model.estimate(layers, batch.orElse(1));
    }

    /** What runs, in the formats of the publication. */
    List<LayerWork> layers() {
        return WORKS.computeIfAbsent(network.orElse("") + edge.orElse(0), any -> LayerWork.of(graph())).stream()
                .filter(work -> !(contractions || convolutions)
                        || work.extents()
                                .filter(extents -> !convolutions || extents.pixels() > 1)
                                .isPresent())
                .map(work -> work.batched(batch.orElse(1)))
                .map(work -> work.with(multiply()))
                .map(work -> density.isPresent() && work.extents().isPresent()
                        ? work.withDensity(density.getAsDouble())
                        : work)
                .toList();
    }

    /** Additions and multiplications of all multiply-adds, left out or not. */
    double operations() {
        return layers().stream()
                .flatMap(work -> work.extents().stream())
                .mapToDouble(extents -> 2.0 * extents.multiplyAdds())
                .sum();
    }

    private MultiplyAdd multiply() {
        return switch (format) {
            case "f32" -> MultiplyAdd.F32;
            case "s16" -> MultiplyAdd.integers(16, 16);
            default -> {
                List<String> bits = List.of(format.split("x", 2));
                yield MultiplyAdd.integers(Integer.parseInt(bits.getFirst()), Integer.parseInt(bits.getLast()));
            }
        };
    }

    private Graph graph() {
        if (edge.isPresent()) {
            Shape square = Shape.of(edge.get(), edge.get());
            return Graph.builder("product")
                    .input(new Value("x", ElementType.FLOAT32, square))
                    .constant("w", Tensor.allocate(ElementType.FLOAT32, square))
                    .node("product", new Contraction.MatMul(Epilogue.NONE), List.of("x", "w"), "y")
                    .output("y")
                    .build();
        }
        return network.flatMap(Zoo::find).orElseThrow().graph(1);
    }
}
