/** What somebody at the device sees and may do, for the local page and for the commands of {@code bascule-agent}. */
@NullMarked
package org.bascule.agent.desk;

import org.jspecify.annotations.NullMarked;
