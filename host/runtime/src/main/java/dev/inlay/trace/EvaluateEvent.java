// SPDX-License-Identifier: Apache-2.0
package dev.inlay.trace;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A node that plain Java computes. */
@Name(EvaluateEvent.NAME)
@Label("Node on the host")
@Category("Inlay")
@StackTrace(false)
public final class EvaluateEvent extends Event {
    static final String NAME = "dev.inlay.Evaluate";

    /** The number of the request in this process. */
    @Label("Request")
    public long request;

    /** Position in the plan. */
    @Label("Step")
    public int step;

    /** Name of the node. */
    @Label("Node")
    public String node = "";
}
