// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import dev.inlay.encoding.OperandPair;
import dev.inlay.runtimetests.platform.TestPlatform;
import dev.inlay.tensor.NumberFormat;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Every operand pair of the dense skeletons, with the forms it is compiled in. The platforms share the forms: each pair
 * goes to two of them at least, to one with each skeleton, each of its outputs to one, and each carrier with each
 * skeleton to all. Forms with AVX2 go to the one platform that has them, pipelines of each carrier and weights once, to
 * PoCL or Oclgrind in turn. With {@code -Dinlay.matrix=full} every device
 * takes every form.
 */
final class FormatMatrix {
    /** Whether every device takes every form, and every shape. */
    static final boolean FULL = "full".equals(System.getProperty("inlay.matrix"));

    private static final String CPU = "contract.dense.cpu";
    private static final String GPU = "contract.dense.gpu";
    private static final String FPGA = "contract.dense.fpga";
    private static final String CPU_TILE = "MR=2,NV=2,TILES=2,VW=8";
    private static final String NARROW_TILE = "MR=3,NV=1,TILES=1,VW=8";
    private static final String GPU_TILE = "LM=2,MR=2,NV=2,TILE_K=3,VW=4";
    private static final String WIDE_GPU_TILE = "LM=2,MR=2,NV=2,TILE_K=2,VW=8";
    private static final String FPGA_TILE = "MR=3,NV=1,RUNS=2,VW=8";
    private static final String LONG_FPGA_TILE = "MR=2,NV=2,RUNS=3,VW=4";
    /** Platforms that take pipelines, in turn. */
    private static final List<TestPlatform> PIPELINED = List.of(TestPlatform.POCL, TestPlatform.OCLGRIND);

    private static final List<NumberFormat> P = List.of(NumberFormat.P2, NumberFormat.P3, NumberFormat.P4);
    private static final List<NumberFormat> Q = List.of(NumberFormat.Q2, NumberFormat.Q3, NumberFormat.Q4);

    /**
     * One row of the matrix.
     *
     * @param carrier the carrier
     * @param pair formats of the operands
     * @param extra defines beyond the formats
     * @param outputs formats of the output, the one that all forms are compiled with first
     */
    record Row(String carrier, OperandPair pair, String extra, List<NumberFormat> outputs) {
        /** The forms in plain OpenCL C, first of the cpu then of the gpu skeleton. */
        List<FormatVariant> portable() {
            List<FormatVariant> variants = new ArrayList<>();
            variants.add(form(CPU, CPU_TILE, outputs.getFirst()));
            variants.add(form(GPU, isLong() ? GPU_TILE : WIDE_GPU_TILE, outputs.getFirst()));
            for (int i = 1; i < outputs.size(); i++) {
                variants.add(
                        i % 2 == 0 ? form(CPU, NARROW_TILE, outputs.get(i)) : form(GPU, WIDE_GPU_TILE, outputs.get(i)));
            }
            return variants;
        }

        /** What a pipeline does with weights. */
        private String weights() {
            return carrier + pair.w() + extra.replaceAll("BLOCK=\\d+", "");
        }

        /** The form of the fpga skeleton. */
        FormatVariant pipeline() {
            return form(FPGA, isLong() ? LONG_FPGA_TILE : FPGA_TILE, outputs.getFirst());
        }

        /** The forms with AVX2. */
        List<FormatVariant> avx2() {
            boolean small =
                    pair.w().kind() == NumberFormat.Kind.TABLE && pair.w().bits() <= 4;
            boolean has = small || (!carrier.equals("f32") && !carrier.equals("shift"));
            return has ? List.of(form(CPU, CPU_TILE + ",INLAY_HAS_AVX2=1", outputs.getFirst())) : List.of();
        }

        /** Panels whose runs are many words take a narrow vector, to stay in local memory. */
        private boolean isLong() {
            return outputs.getFirst().isAddressable();
        }

        private FormatVariant form(String spec, String tile, NumberFormat y) {
            Map<String, String> defines = new TreeMap<>();
            for (String each : (tile + (extra.isEmpty() ? "" : "," + extra)).split(",")) {
                String[] parts = each.split("=", 2);
                defines.put(parts[0], parts[1]);
            }
            return new FormatVariant(spec, carrier, pair, y, defines);
        }
    }

    /** The forms that a platform takes, of every row in turn. */
    static List<List<FormatVariant>> of(TestPlatform platform, boolean avx2) {
        List<List<FormatVariant>> taken = new ArrayList<>();
        List<TestPlatform> platforms = List.of(TestPlatform.values());
        List<Row> rows = rows();
        Set<String> pipelined = new HashSet<>();
        for (int index = 0; index < rows.size(); index++) {
            List<FormatVariant> portable = rows.get(index).portable();
            List<FormatVariant> forms = new ArrayList<>();
            for (int form = 0; form < portable.size(); form++) {
                if (FULL || (index + form) % platforms.size() == platforms.indexOf(platform)) {
                    forms.add(portable.get(form));
                }
            }
            boolean first = pipelined.add(rows.get(index).weights());
            if (FULL || (first && platform == PIPELINED.get(pipelined.size() % PIPELINED.size()))) {
                forms.add(rows.get(index).pipeline());
            }
            if (avx2) {
                forms.addAll(rows.get(index).avx2());
            }
            taken.add(forms);
        }
        return taken;
    }

    private final List<Row> rows = new ArrayList<>();

    private FormatMatrix() {}

    private void add(String carrier, NumberFormat x, NumberFormat w, String extra, NumberFormat... outputs) {
        rows.add(new Row(carrier, new OperandPair(x, w), extra, List.of(outputs)));
    }

    static List<Row> rows() {
        FormatMatrix matrix = new FormatMatrix();
        matrix.bytes();
        matrix.halves();
        matrix.planes();
        matrix.floats();
        matrix.logarithms();
        matrix.blocks();
        return matrix.rows;
    }

    private void bytes() {
        NumberFormat u8 = NumberFormat.U8;
        add("u8s8", u8, NumberFormat.S8, "", u8, NumberFormat.B1, NumberFormat.P4);
        add("u8s8", u8, NumberFormat.S4, "", u8, NumberFormat.F32, NumberFormat.T2);
        add("u8s8", u8, NumberFormat.S2, "", u8, NumberFormat.S16, NumberFormat.P2);
        add("u8s8", u8, NumberFormat.B1, "", u8, NumberFormat.P3, NumberFormat.F32);
        add("u8s8", u8, NumberFormat.L4, "", u8, NumberFormat.L8);
    }

    private void halves() {
        NumberFormat s16 = NumberFormat.S16;
        add("s16", s16, s16, "", s16, NumberFormat.U8);
        add("s16", s16, s16, "SPILL=1", s16, NumberFormat.F32);
        add("s16", s16, NumberFormat.S8, "", s16);
        add("s16", s16, NumberFormat.S4, "SPILL=1", s16);
    }

    private void planes() {
        add("planes", NumberFormat.B1, NumberFormat.B1, "", NumberFormat.B1, NumberFormat.F32, NumberFormat.U8);
        add("planes", NumberFormat.T2, NumberFormat.T2, "", NumberFormat.T2, NumberFormat.F32, NumberFormat.B1);
        for (int i = 0; i < 3; i++) {
            for (int k = 0; k < 3; k++) {
                add("planes", P.get(i), Q.get(k), "", i == k ? P.get(i) : NumberFormat.F32);
            }
        }
    }

    private void floats() {
        NumberFormat f32 = NumberFormat.F32;
        for (NumberFormat w : List.of(
                f32,
                NumberFormat.S8,
                NumberFormat.S4,
                NumberFormat.S2,
                NumberFormat.B1,
                NumberFormat.L4,
                NumberFormat.L8,
                NumberFormat.C2,
                NumberFormat.C4,
                NumberFormat.C8)) {
            add("f32", f32, w, "", f32);
        }
        add("f32", f32, NumberFormat.S4, "BLOCK=32,FOLD=1", f32);
    }

    private void logarithms() {
        NumberFormat u8 = NumberFormat.U8;
        NumberFormat l8 = NumberFormat.L8;
        add("shift", u8, NumberFormat.L4, "", u8);
        add("shift", u8, l8, "ROOT=2", u8, l8);
        add("shift", NumberFormat.S16, l8, "SPILL=1", NumberFormat.S16);
        add("shift", NumberFormat.S16, NumberFormat.L4, "", NumberFormat.S16);
        add("shift", l8, NumberFormat.L4, "", l8, NumberFormat.F32);
        add("shift", l8, l8, "ROOT=2", l8);
        add("shift", l8, l8, "ROOT=2,SPILL=1", l8);
    }

    private void blocks() {
        NumberFormat f32 = NumberFormat.F32;
        add("u8s8", NumberFormat.U8, NumberFormat.S8, "BLOCK=16,FOLD=1", f32, NumberFormat.U8);
        add("u8s8", NumberFormat.U8, NumberFormat.S4, "BLOCK=32,FOLD=1", f32);
        add("u8s8", NumberFormat.U8, NumberFormat.S4, "BLOCK=64,FOLD=1", f32);
        add("bf", NumberFormat.blockFloat(16), NumberFormat.S8, "BLOCK=16", f32, NumberFormat.U8);
        add("bf", NumberFormat.blockFloat(12), NumberFormat.S8, "BLOCK=12", f32);
        add("bf", NumberFormat.blockFloat(64), NumberFormat.S4, "BLOCK=64", f32);
    }
}
