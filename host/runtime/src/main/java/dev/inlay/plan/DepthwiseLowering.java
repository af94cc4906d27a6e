// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.encoding.Packing;
import dev.inlay.encoding.WeightsShape;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Node;
import dev.inlay.graph.Window;
import java.util.Optional;

/** Convolutions whose every channel has a window of its own, as launches of the depthwise kernel. */
final class DepthwiseLowering {
    private final Draft draft;
    private final DeviceDescription device;

    DepthwiseLowering(Draft draft, DeviceDescription device) {
        this.draft = draft;
        this.device = device;
    }

    Step.Launch lower(Node node, Contraction.Conv conv) {
        Window window = conv.window();
        Operands operands = Operands.of(draft, device.id(), node);
        Stored x = draft.operand(node, device.id());
        Optional<Stored> r = conv.epilogue().residual()
                ? Optional.of(draft.home(node.input(3), device.id(), operands.r()))
                : Optional.empty();
        Stored y = operands.define(draft, device.id(), node);
        Stored beside = r.orElse(y);
        int channels = y.shape().size(1);
        long[] xs = x.strides();
        long[] ys = y.strides();
        long[] rs = beside.strides();
        int weights = draft.pack(
                device.id(),
                new Packing.DepthwiseTaps(node.input(1), operands.pairing().w(), channels, window.taps()));
        LaunchBuilder launch = new LaunchBuilder("contract.depthwise")
                .define("FUNCTION", conv.epilogue().activation().kind())
                .define("RESIDUAL", r.isPresent() ? 1 : 0)
                .stored("x", x, x.base() - window.top() * xs[2] - window.left() * xs[3])
                .packed("w", weights)
                .stored("r", beside, beside.base())
                .stored("y", y, y.base())
                .set("channels", channels)
                .set("out_rows", y.shape().extent(2))
                .set("x_image", xs[0])
                .set("x_line", window.rowStride() * xs[2])
                .set("x_pixel", window.columnStride() * xs[3])
                .set("tap_rows", window.rows())
                .set("tap_cols", window.columns())
                .set("tap_row", window.rowDilation() * xs[2])
                .set("tap_col", window.columnDilation() * xs[3])
                .set("y_image", ys[0])
                .set("y_line", ys[2])
                .set("y_pixel", ys[3])
                .set("r_image", rs[0])
                .set("r_line", rs[2])
                .set("r_pixel", rs[3]);
        operands.addTo(launch, conv);
        WeightsShape shape = WeightsShape.ofConv(1, channels, 1, window.taps());
        operands.addVectors(launch, draft, device.id(), node, conv, 0, shape, channels);
        Step.Launch step = launch.lanes(
                        channels,
                        y.shape().extent(3),
                        y.shape().extent(2) * y.shape().extent(0))
                .work(
                        operands.carrier(),
                        ContractionLowering.work(draft.graph(), node),
                        x.format().bytes(x.shape().elements())
                                + y.format().bytes(y.shape().elements()))
                .on(device.id(), node.name());
        draft.add(step);
        operands.finish(draft, node, y);
        return step;
    }
}
