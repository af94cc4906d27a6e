// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.plan.Evidence;
import dev.inlay.plan.LayerWork;
import dev.inlay.plan.MultiplyAdd;
import dev.inlay.tools.measure.ComparisonRow;
import dev.inlay.tools.measure.ModelledDevice;
import dev.inlay.tools.zoo.Zoo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** What follows from rows. */
final class ComparisonTest {
    private static ComparisonRow row(String method, String device, double top1, double speed, long bytes, Evidence of) {
        return new ComparisonRow(
                "net",
                method,
                device,
                "cpu",
                100,
                OptionalDouble.of(top1),
                OptionalDouble.of(1),
                OptionalDouble.of(speed),
                OptionalDouble.empty(),
                bytes,
                1,
                OptionalDouble.empty(),
                Map.of("samplesPerSecond", of, "top1", of));
    }

    private static final List<ComparisonRow> ROWS = List.of(
            row("none", "a", 0.90, 100, 400, Evidence.MEASURED),
            row("int8", "a", 0.895, 150, 100, Evidence.MEASURED),
            row("int8", "b", 0.895, 120, 100, Evidence.MEASURED),
            row("ternary", "a", 0.60, 500, 50, Evidence.MEASURED),
            row("int8", "board", 0.895, 9000, 100, Evidence.MODELLED));

    @Test
    void aFrontHoldsWhatNothingBeats() {
        assertEquals(
                List.of(
                        new ParetoFront("net", "samplesPerSecond", Optional.of(Evidence.MEASURED), List.of(3, 1, 0)),
                        new ParetoFront("net", "samplesPerSecond", Optional.of(Evidence.MODELLED), List.of(4)),
                        new ParetoFront("net", "weightBytes", Optional.empty(), List.of(3, 1, 0))),
                ParetoFront.of(ROWS));
    }

    @Test
    void theAnswerIsTheFastestMeasuredThatLosesLittle() {
        Residual off = Residual.of("net", "none", "a", 50, 2, 3, "ceilings");
        Answer answer = new Answer(ROWS, List.of(off));
        assertEquals(new Choice("net", Choice.Goal.FASTEST, 1), answer.choices().getFirst());
        assertEquals(
                "For net take int8 on a (150 images/s, 1.50 times its float form, top-1 89.50 % ± 6.01 % of 100 images,"
                        + " MEASURED); times of devices here were measured, those of boards that are not here are"
                        + " MODELLED, and of 1 batches that were both, the model is 50.00 % off in the median.",
                answer.sentence());
    }

    @Test
    void aMethodHelpsByWhatItChanges() {
        MethodEffect effect = MethodEffect.of(
                "net",
                "pruned",
                "a",
                new MethodEffect.Total(400, 1000, 2),
                new MethodEffect.Total(100, 250, 1),
                Evidence.MEASURED);
        assertEquals(List.of("memory", "work"), effect.helps());
        assertEquals(2, effect.speedUp());
        assertEquals(effect.speedUp(), effect.work() * effect.arithmetic(), 1e-12);
        assertEquals(0.5, effect.arithmetic(), "it does a quarter of the work in half of the time");
    }

    @Test
    void csvQuotesWhatWouldEndACell() {
        ComparisonRow odd = row("say \"hi\", twice", "a", 0.5, 2, 8, Evidence.MODELLED);
        List<String> lines = CsvTable.of(List.of(odd)).lines().toList();
        assertEquals(2, lines.size());
        assertEquals(
                "net,\"say \"\"hi\"\", twice\",a,cpu,100,0.5,MODELLED,1.0,,2.0,MODELLED,,,,,8,1.0", lines.getLast());
    }

    @Test
    void fewerBitsAreFasterOnAnFpga() {
        LayerWork.Extents extents = new LayerWork.Extents(1, 256, 256, 3, 3, 3136, 1, 1);
        LayerWork conv = new LayerWork(
                "conv", "f32", MultiplyAdd.F32, Optional.of(extents), 2 * extents.multiplyAdds(), 1, 1000, 1000, 1000);
        List<SweepPoint> sweep =
                PrecisionSweep.of("net", List.of(conv), 1, List.of(ModelledDevice.named("stratix10-gx2800")));
        assertEquals(
                List.of("f32", "16 bit", "8 bit", "6 bit", "4 bit", "ternary", "binary"),
                sweep.stream().map(SweepPoint::format).toList());
        for (int i = 1; i < sweep.size(); i++) {
            assertTrue(
                    sweep.get(i).samplesPerSecond() >= 0.95 * sweep.get(i - 1).samplesPerSecond(), sweep::toString);
        }
        assertTrue(sweep.getLast().samplesPerSecond() > 1.5 * sweep.getFirst().samplesPerSecond(), sweep::toString);
    }

    @Test
    void networksAreOrderedByPower() {
        List<LayerWork> works = LayerWork.of(ModelledDevice.rewritten(Zoo.LENET5.graph(1)));
        PowerOrder order = new PowerOrder();
        order.add(
                "lenet5",
                "none",
                works,
                1,
                List.of(ModelledDevice.named("titan-x-pascal"), ModelledDevice.named("arria10-gx1150")));
        List<NetworkPower> rows = order.rows();
        assertEquals(
                List.of("arria10-gx1150", "titan-x-pascal"),
                rows.stream().map(NetworkPower::device).toList());
        rows.forEach(row -> assertEquals(
                row.samplesPerSecond(), row.samplesPerJoule() * row.watts(), 1e-6 * row.samplesPerSecond()));
    }
}
