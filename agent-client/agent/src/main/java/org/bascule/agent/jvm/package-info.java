/** Java programmes that the agent starts. */
@NullMarked
package org.bascule.agent.jvm;

import org.jspecify.annotations.NullMarked;
