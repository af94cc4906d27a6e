// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.compare;

import dev.inlay.tools.measure.CalibrationDraw;
import java.util.OptionalDouble;

/**
 * What all rows were made with.
 *
 * @param dataset whose images top1 is over
 * @param images how many of them, at most
 * @param batch images of a batch
 * @param calibration what methods were calibrated on
 * @param load runnable threads over the minute before; absent where the system does not count them
 */
public record Setting(String dataset, int images, int batch, CalibrationDraw calibration, OptionalDouble load) {}
