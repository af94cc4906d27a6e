// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.encoding.BlockCirculant;
import dev.inlay.encoding.CirculantPacking;
import dev.inlay.encoding.Packing;
import dev.inlay.graph.CodedForm;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Function;
import dev.inlay.graph.Node;
import java.util.Optional;

/** What a pipeline does otherwise than the dense skeletons of other classes; nothing on a device of those. */
record PipelineForm(Draft draft, DeviceDescription device) {
    /** Circulant blocks that weights are made of as they are needed. */
    Optional<BlockCirculant> circulant(Node node, Contraction op) {
        return device.deviceClass() == DeviceClass.FPGA
                ? CirculantLowering.weights(draft.graph(), node)
                        .filter(weights ->
                                CirculantLowering.whyDecoded(weights, op).isEmpty())
                : Optional.empty();
    }

    /** The vectors of such blocks. */
    static Packing vectors(Node node, Contraction op, BlockCirculant blocks) {
        return new CirculantPacking.Vectors(
                node.input(1), blocks.vectors().shape(), 1, false, (float) CodedForm.alpha(op), Optional.empty());
    }

    /**
     * The name of an activation in the epilogue; the tuning SEGMENTS makes curves of straight lines.
     *
     * @param usual its name on other classes
     */
    String activation(Node node, Function.Kind kind, String usual) {
        boolean curve = kind == Function.Kind.SIGMOID || kind == Function.Kind.TANH;
        if (!curve
                || device.deviceClass() != DeviceClass.FPGA
                || device.tuning().getOrDefault("SEGMENTS", 0) == 0) {
            return usual;
        }
        String why = "its " + usual + " is made of 64 straight lines, off by at most "
                + (kind == Function.Kind.TANH ? "1.6e-3" : "8e-4");
        draft.note(node, draft.note(node).map(note -> note + "; " + why).orElse(why));
        return usual + "_SEGMENTS";
    }
}
