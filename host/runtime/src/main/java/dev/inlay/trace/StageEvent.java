// SPDX-License-Identifier: Apache-2.0
package dev.inlay.trace;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A request's steps on one device in a row, from the first call to the last one's end. */
@Name(StageEvent.NAME)
@Label("Stage")
@Category("Inlay")
@StackTrace(false)
public final class StageEvent extends Event {
    static final String NAME = "dev.inlay.Stage";

    /** The number of the request in this process. */
    @Label("Request")
    public long request;

    /** Id of the device. */
    @Label("Device")
    public String device = "";

    /** Position of the first step in the plan. */
    @Label("First step")
    public int first;

    /** Steps in it. */
    @Label("Steps")
    public int steps;
}
