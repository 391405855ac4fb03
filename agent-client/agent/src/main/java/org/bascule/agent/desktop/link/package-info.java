/** What the agent and the process that shows a display say to each other. */
@NullMarked
package org.bascule.agent.desktop.link;

import org.jspecify.annotations.NullMarked;
