// SPDX-License-Identifier: Apache-2.0
/** Programs compiled beforehand, for devices whose compiler is not at hand: what lies in them, and whether they fit. */
package dev.inlay.bitstream;
