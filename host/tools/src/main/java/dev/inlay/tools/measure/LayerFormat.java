// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.measure;

import dev.inlay.encoding.OperandPair;
import dev.inlay.plan.DeviceClass;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Tile;
import dev.inlay.tensor.NumberFormat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The formats in which a dense layer is measured.
 *
 * @param pair formats of the operands
 * @param y format of the output
 * @param block channels of a block with a scale of its own, or of a bf run; 0: none
 */
record LayerFormat(OperandPair pair, NumberFormat y, int block) {
    static final LayerFormat F32 = of(NumberFormat.F32, NumberFormat.F32, NumberFormat.F32);
    static final LayerFormat BYTES = of(NumberFormat.U8, NumberFormat.S8, NumberFormat.U8);

    /** The pairs that stand for the carriers, beyond {@link #F32} and {@link #BYTES}. */
    static final List<LayerFormat> OTHERS = List.of(
            of(NumberFormat.U8, NumberFormat.S4, NumberFormat.U8),
            of(NumberFormat.U8, NumberFormat.S2, NumberFormat.U8),
            of(NumberFormat.U8, NumberFormat.B1, NumberFormat.U8),
            new LayerFormat(new OperandPair(NumberFormat.U8, NumberFormat.S4), NumberFormat.U8, 32),
            of(NumberFormat.S16, NumberFormat.S16, NumberFormat.S16),
            of(NumberFormat.T2, NumberFormat.T2, NumberFormat.T2),
            of(NumberFormat.B1, NumberFormat.B1, NumberFormat.B1),
            of(NumberFormat.P2, NumberFormat.Q2, NumberFormat.P2),
            of(NumberFormat.P4, NumberFormat.Q4, NumberFormat.P4),
            of(NumberFormat.L8, NumberFormat.L4, NumberFormat.L8),
            of(NumberFormat.F32, NumberFormat.S4, NumberFormat.F32),
            new LayerFormat(new OperandPair(NumberFormat.blockFloat(16), NumberFormat.S8), NumberFormat.F32, 16));

    private static LayerFormat of(NumberFormat x, NumberFormat w, NumberFormat y) {
        return new LayerFormat(new OperandPair(x, w), y, 0);
    }

    String carrier() {
        return pair.carrier().orElseThrow();
    }

    /** Products of one lane in a step of the carrier. */
    int products() {
        return switch (carrier()) {
            case "f32", "shift" -> 1;
            case "s16" -> 2;
            case "u8s8", "bf" -> 4;
            default -> 32;
        };
    }

    /** The defines of a dense skeleton or of the carrier's ceiling. */
    Map<String, String> defines(DeviceDescription device, int lanes) {
        Map<String, String> defines = new HashMap<>(Map.of(
                "CARRIER",
                carrier(),
                "X_FORMAT",
                pair.x().name(),
                "W_FORMAT",
                pair.w().name(),
                "Y_FORMAT",
                y.name()));
        if (block > 0) {
            defines.put("BLOCK", Integer.toString(block));
            if (!carrier().equals("bf")) {
                defines.put("FOLD", "1");
            }
        }
        if (device.deviceClass() == DeviceClass.CPU
                && !carrier().equals("f32")
                && !carrier().equals("shift")) {
            if (lanes == 8 && device.features().contains("AVX2")) {
                defines.put("INLAY_HAS_AVX2", "1");
            } else if (lanes == 16 && device.features().contains("AVX512_VNNI")) {
                defines.put("INLAY_HAS_AVX512_VNNI", "1");
            }
        }
        return defines;
    }

    /** The launch's numbers for one image of a layer; all operands lie as the kernels want them. */
    Map<String, KernelLaunch.Operand> operands(LayerBench.Layer layer, Tile tile) {
        int pad = layer.window() / 2;
        int side = (layer.size() + 2 * pad - layer.window()) / layer.stride() + 1;
        long xPixel = pair.elementsOfX(layer.channels());
        long xLine = xPixel * (layer.size() + 2L * pad);
        long yPixel = y.elements(Math.ceilDiv((long) layer.outputs(), y.run()) * y.run());
        long padded = Math.ceilDiv((long) layer.outputs(), tile.panel()) * tile.panel();
        long runs = (long) layer.window() * layer.window() * Math.ceilDiv(layer.channels(), pair.run());
        Map<String, KernelLaunch.Operand> operands = new HashMap<>();
        memory(operands, "x", xLine * (layer.size() + 2L * pad) * pair.x().elementBytes());
        memory(operands, "w", padded * runs * pair.wordsOfW() * Integer.BYTES);
        memory(operands, "bias", padded * Long.BYTES);
        memory(operands, "scale", padded * Float.BYTES);
        memory(operands, "blocks", padded * Float.BYTES * runs);
        memory(operands, "list", 64);
        memory(operands, "table", 1024);
        memory(operands, "r", 64);
        memory(operands, "y", yPixel * side * side * y.elementBytes());
        List<String> zero = new ArrayList<>(List.of("x_base", "x_image", "x_group", "tap_col", "y_base", "y_image"));
        zero.addAll(List.of("y_group", "r_base", "r_image", "r_group", "r_line", "r_pixel", "y_zero", "r_zero"));
        zero.forEach(name -> number(operands, name, 0));
        List.of("images", "image_block", "groups", "tap_cols").forEach(name -> number(operands, name, 1));
        number(operands, "channels", layer.outputs());
        number(operands, "out_rows", side);
        number(operands, "out_columns", side);
        number(operands, "x_line", layer.stride() * xLine);
        number(operands, "x_pixel", layer.stride() * xPixel);
        number(operands, "tap_rows", layer.window());
        number(operands, "tap_row", xLine);
        number(operands, "run", layer.window() * xPixel);
        number(operands, "y_line", side * yPixel);
        number(operands, "y_pixel", yPixel);
        number(operands, "y_low", y.kind() == NumberFormat.Kind.FLOAT ? 0 : y.least());
        number(operands, "y_high", y.kind() == NumberFormat.Kind.FLOAT ? 0 : y.most());
        List.of("act_a", "act_b", "r_scale").forEach(name -> operands.put(name, new KernelLaunch.Operand.Real(1)));
        return operands;
    }

    private static void memory(Map<String, KernelLaunch.Operand> operands, String name, long bytes) {
        operands.put(name, new KernelLaunch.Operand.Memory(bytes, LayerBench::noise));
    }

    private static void number(Map<String, KernelLaunch.Operand> operands, String name, long value) {
        operands.put(name, new KernelLaunch.Operand.Int(Math.toIntExact(value)));
    }

    @Override
    public String toString() {
        return pair + (block > 0 && !carrier().equals("bf") ? " in blocks of " + block : "");
    }
}
