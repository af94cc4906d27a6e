// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.inlay.kernels.KernelCatalog;
import dev.inlay.kernels.KernelId;
import dev.inlay.kernels.KernelSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the compiler of a board would get, in every format; and that mistakes in it are seen. */
final class BoardSourceTest {
    private static final String PIPELINE = "contract.dense.fpga";

    @BeforeEach
    void clangIsHere() {
        BoardSource.whyNot().ifPresent(Assumptions::abort);
    }

    /** Every format of the operands, and what else puts text into a program. */
    private static Stream<KernelId> programs() {
        Stream<KernelId> formats =
                FormatMatrix.rows().stream().map(row -> row.pipeline().id());
        Stream<KernelId> others = Stream.of(
                        Map.of("CARRIER", "f32", "RESIDUAL", "1", "ACTIVATION", "TANH", "VW", "16"),
                        Map.of("CARRIER", "u8s8", "RESIDUAL", "1", "LISTED", "1", "RUNS", "1", "MR", "64"),
                        Map.of("CIRCULANT", "8", "ACTIVATION", "TANH_SEGMENTS"),
                        Map.of("CARRIER", "s16", "RESIDUAL", "1", "Y_ODD", "1", "ACTIVATION", "CLIP"))
                .map(defines -> KernelId.of(PIPELINE, defines));
        return Stream.concat(formats, others);
    }

    @TestFactory
    Stream<DynamicTest> nothingIsWrong() {
        return programs()
                .map(id -> DynamicTest.dynamicTest(
                        id.toString(),
                        () -> assertEquals(Set.of(), BoardSource.of(id).faults())));
    }

    private static BoardSource ternary() {
        return BoardSource.of(KernelId.of(PIPELINE, Map.of("CARRIER", "u8s8", "W_FORMAT", "s2", "RESIDUAL", "1")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ((autorun))                        | ((autorum))                          | attribute: got autorum, expected one of [aligned, autorun, depth, max_global_work_dim, reqd_work_group_size, uses_global_work_offset]
            ((depth(tokens)))                  | ((deep(tokens)))                     | attribute: got deep, expected one of [aligned, autorun, depth, max_global_work_dim, reqd_work_group_size, uses_global_work_offset]
            '#pragma unroll'                   | '#pragma unrol'                      | pragma: got unrol, expected one of [OPENCL EXTENSION cl_intel_channels : enable, OPENCL FP_CONTRACT OFF, ii, ivdep, unroll]
            WRITE_CHANNEL(values, value)       | WRITE_CHANNEL(values, sum)           | clang: incompatible operand types ('scale_token' and 'value_token')
            READ_CHANNEL_TO(sum, sums)         | READ_CHANNEL_TO(sum, values)         | channel sums: got writers [contract_sum] and readers [], expected one of each
            WRITE_CHANNEL(sums, token)         | WRITE_CHANNEL(scales, token)         | channel scales: got writers [contract_weigh, contract_sum] and readers [contract_sum], expected one of each
            READ_CHANNEL_TO(residual, residuals) | WRITE_CHANNEL(residuals, residual) | channel residuals: got writers [contract_read, contract_activate] and readers [], expected one of each
            read_channel_intel(c)              | read_channel_nb_intel(c, &broken)    | got the non-blocking read_channel_nb_intel
            """)
    void aMistakeIsSeen(String right, String wrong, String fault) {
        assertEquals(Set.of(), ternary().faults());
        Set<String> faults = ternary().with(right, wrong).faults();
        assertEquals(true, faults.contains(fault), () -> "got " + faults + ", expected " + fault);
    }

    @Test
    void feedbackIsSeen() {
        String first = "CHANNEL(value_token, values, DEPTH)";
        BoardSource back = ternary()
                .with(first, first + "\nCHANNEL(int, back, 4)")
                .with("FOREVER(w_runs) {", "FOREVER(w_runs) {\nint done;\nREAD_CHANNEL_TO(done, back);")
                .with("FOREVER(sums) {", "FOREVER(sums) {\nWRITE_CHANNEL(back, 1);");
        assertEquals(Set.of("channel back: got feedback from contract_activate to contract_sum"), back.faults());
    }

    /** The host starts the kernels in the order of the specification, which is that of the text. */
    @Test
    void stagesAreInTheOrderOfTheText() {
        List<String> text = Pattern.compile("__kernel void (\\w+)\\(")
                .matcher(KernelCatalog.source(KernelId.of(PIPELINE, new TreeMap<>())))
                .results()
                .map((MatchResult kernel) -> kernel.group(1))
                .toList();
        assertEquals(
                text,
                KernelCatalog.spec(PIPELINE).stages().stream()
                        .map(KernelSpec.Stage::entry)
                        .toList());
    }
}
