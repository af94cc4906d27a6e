// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

/** How a scale is chosen. */
public enum Fit {
    /** The least that cuts no number off. */
    RANGE,
    /** That of the least mean squared error; a few outliers may be cut off. */
    MSE
}
