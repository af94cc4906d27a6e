// SPDX-License-Identifier: Apache-2.0
package dev.inlay.trace;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A copy between the host and a device, or within the device in its place. */
@Name(TransferEvent.NAME)
@Label("Transfer")
@Category("Inlay")
@StackTrace(false)
public final class TransferEvent extends Event {
    static final String NAME = "dev.inlay.Transfer";

    /** The number of the request in this process. */
    @Label("Request")
    public long request;

    /** Id of the device. */
    @Label("Device")
    public String device = "";

    /** Position in the plan. */
    @Label("Step")
    public int step;

    /** Name of the value. */
    @Label("Value")
    public String value = "";

    /** Bytes copied. */
    @Label("Bytes")
    public long bytes;

    /** Whether the host has the value before. */
    @Label("To the device")
    public boolean toDevice;
}
