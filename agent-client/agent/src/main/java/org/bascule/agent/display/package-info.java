/** The displays of this machine and who is in front of them. */
@NullMarked
package org.bascule.agent.display;

import org.jspecify.annotations.NullMarked;
