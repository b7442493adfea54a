import { users } from "./tables";

(users as any).id = users.other;
Object.assign(users, { third: users.other, alias: users.third });
