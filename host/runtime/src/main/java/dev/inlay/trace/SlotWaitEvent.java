// SPDX-License-Identifier: Apache-2.0
package dev.inlay.trace;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A request's wait in line for the memory of a slot. */
@Name(SlotWaitEvent.NAME)
@Label("Wait for a slot")
@Category("Inlay")
@StackTrace(false)
public final class SlotWaitEvent extends Event {
    static final String NAME = "dev.inlay.SlotWait";

    /** The number of the request in this process. */
    @Label("Request")
    public long request;
}
