// SPDX-License-Identifier: Apache-2.0
package dev.inlay.trace;

import jdk.jfr.Category;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Registered;
import jdk.jfr.StackTrace;

/** A copy between the host and a device, or within the device in its place. */
@Name(TransferEvent.NAME)
@Label("Transfer")
@Category("Inlay")
@StackTrace(false)
@Registered
public final class TransferEvent extends StepEvent {
    static final String NAME = "dev.inlay.Transfer";

    /** Name of the value. */
    @Label("Value")
    public String value = "";

    /** Whether the host has the value before. */
    @Label("To the device")
    public boolean toDevice;
}
