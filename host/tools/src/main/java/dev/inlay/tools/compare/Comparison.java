// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.compare;

import dev.inlay.tools.Exit;
import dev.inlay.tools.Report;
import dev.inlay.tools.measure.ComparisonRow;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/**
 * Models, methods and devices side by side, and what follows.
 *
 * @param answer which device, which method, and how sure that is
 * @param findings a sentence for each part of the page, by the part's name
 * @param choices the rows that are best by some goal
 * @param setting what all was made with
 * @param rows one for each model, method and device
 * @param fronts rows that no other beats
 * @param devices what ran or was modelled, with its ceilings
 * @param layers of every row in which kernels were timed or modelled
 * @param effects what each method changes on each device
 * @param sweep a network from f32 to one bit on an FPGA and on a GPU
 * @param power large networks on boards whose draw is known, the least draw first
 * @param residuals measured beside modelled
 * @param faults what could not be run
 */
public record Comparison(
        String answer,
        Map<String, String> findings,
        List<Choice> choices,
        Setting setting,
        List<ComparisonRow> rows,
        List<ParetoFront> fronts,
        List<ComparedDevice> devices,
        List<LayerFigures> layers,
        List<MethodEffect> effects,
        List<SweepPoint> sweep,
        List<NetworkPower> power,
        List<Residual> residuals,
        List<Fault> faults)
        implements Report {
    @Override
    public void print(PrintStream out) {
        out.println(answer);
        out.println();
        RowTable.print(rows, out);
        faults.forEach(fault -> out.println(fault.words()));
        out.println();
        findings.values().forEach(out::println);
    }

    @Override
    public Exit exit() {
        return faults.stream().allMatch(fault -> fault.device().isEmpty()) ? Exit.DONE : Exit.DEVICE_FAILED;
    }
}
