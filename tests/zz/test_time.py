import time, statistics
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
pytestmark=[pytest.mark.django_db, pytest.mark.catalogue_data, pytest.mark.timeout(900)]
@pytest.mark.parametrize("destination",["MA","FR","US"])
def test_time(destination):
    import time_machine
    client=Client(); client.cookies["destination"]=destination; client.cookies["currency"]="EUR"
    for path in ("/fr/catalogue/","/fr/catalogue/?sort=price"):
        for _ in range(3): client.get(path)
        runs=[]; sqls=[]
        for _ in range(15):
            t=time.process_time(); w=time.monotonic_ns()
            with CaptureQueriesContext(connection) as c: client.get(path)
            runs.append((time.process_time()-t)*1000)
        with CaptureQueriesContext(connection) as c: r=client.get(path)
        big=[q["sql"] for q in c if "pricing_price" in q["sql"]]
        with connection.cursor() as cur:
            ts=[]
            for sql in big:
                best=[]
                for _ in range(7):
                    cur.execute("EXPLAIN (ANALYZE, TIMING OFF) "+sql.replace("%","%%"))
                    rows=[x[0] for x in cur.fetchall()]
                    best.append(sum(float(x.split(":")[1].split()[0]) for x in rows if x.startswith(("Execution Time","Planning Time"))))
                ts.append(round(min(best),1))
        print("RESULT",destination,path,"cpu ms",round(min(runs),1),"sql ms",ts,"queries",len(c),"bytes",len(r.content))
