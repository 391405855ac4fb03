/** Users and groups, as one chunk. */
export { GroupPage } from "./GroupPage";
export { GroupsPage } from "./GroupsPage";
export { UserPage } from "./UserPage";
export { UsersPage } from "./UsersPage";
