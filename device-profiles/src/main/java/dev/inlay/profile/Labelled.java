// SPDX-License-Identifier: Apache-2.0
package dev.inlay.profile;

/** A value with a name of its own in JSON. */
interface Labelled {
    /** The name in JSON. */
    String label();
}
