// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

/** Where a figure comes from. */
public enum Evidence {
    /** A device ran it. */
    MEASURED,
    /** It ran functionally on another device: what it computes is real, its time is not. */
    EMULATED,
    /** A cost model computed it from a sourced profile. */
    MODELLED
}
